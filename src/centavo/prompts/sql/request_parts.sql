-- Parts of one request as it was sent, in order.
SELECT kind, member, role, text FROM event_parts WHERE event_id = ? AND kind <> 'output'
ORDER BY position
