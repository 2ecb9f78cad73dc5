-- Who makes calls: what a rule can match of calls without an application, and each application's routes.
-- Models stay apart.
SELECT
  call,
  CASE WHEN application IS NULL
    THEN json_object('account', account, 'project', project, 'api_key', api_key,
      'provider', provider, 'model', model)
    ELSE json_object('application', application, 'endpoint', endpoint, 'feature', feature,
      'provider', provider, 'model', model) END::VARCHAR AS owner
FROM grouped_calls
WHERE has_shape
