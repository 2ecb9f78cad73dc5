"""Lines of coding agents' session logs, as the agents write them."""

from datetime import datetime, timedelta

START = datetime.fromisoformat("2026-03-05T12:00:00+00:00")


def stamp(second):
    moment = START + timedelta(seconds=second)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def claude_line(number, *, output=10, **more):
    """One assistant line; ``more`` replaces keys, ``usage`` and ``message`` only in part."""
    usage = {
        "input_tokens": 4,
        "cache_creation_input_tokens": 1200,
        "cache_read_input_tokens": 15000,
        "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 1000},
        "output_tokens": output,
        "service_tier": "standard",
        "server_tool_use": {"web_search_requests": 0},
        **more.pop("usage", {}),
    }
    message = {
        "model": "claude-sonnet-4-5-20250929",
        "id": f"msg_01{number:022}",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": 'a "usage": {"output_tokens": 9} \n'}],
        "stop_reason": "end_turn",
        "usage": usage,
        **more.pop("message", {}),
    }
    return {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/dev/shop",
        "sessionId": "3f0e8a52-0000-4000-8000-000000000001",
        "version": "2.0.14",
        "gitBranch": "main",
        "type": "assistant",
        "message": message,
        "requestId": f"req_011{number:021}",
        "uuid": f"00000000-0000-4000-8000-{number:012}",
        "timestamp": stamp(number),
        **more,
    }


def claude_other(kind="user", **more):
    return {
        "parentUuid": None,
        "isSidechain": False,
        "sessionId": "3f0e8a52-0000-4000-8000-000000000001",
        "type": kind,
        "timestamp": stamp(0),
        **more,
    }


def codex_meta(session="019a0000-0000-7000-8000-000000000001", *, second=0, **more):
    payload = {
        "id": session,
        "timestamp": stamp(second),
        "cwd": "/home/dev/shop",
        "originator": "codex_cli_rs",
        "cli_version": "0.58.0",
        "source": "cli",
        "model_provider": "openai",
        "git": {"branch": "main", "commit_hash": "0" * 40},
        **more,
    }
    return {"timestamp": stamp(second), "type": "session_meta", "payload": payload}


def codex_turn(model="gpt-5.1-codex", *, second=0):
    payload = {
        "cwd": "/home/dev/shop",
        "approval_policy": "on-request",
        "model": model,
        "effort": "high",
    }
    return {"timestamp": stamp(second), "type": "turn_context", "payload": payload}


def codex_usage(given, cached, output, reasoning=0):
    return {
        "input_tokens": given,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": given + output,
    }


def codex_count(total, last=None, *, second=0):
    info = {"total_token_usage": total, "model_context_window": 272000}
    if last is not None:
        info["last_token_usage"] = last
    payload = {"type": "token_count", "info": info, "rate_limits": {"primary": None}}
    return {"timestamp": stamp(second), "type": "event_msg", "payload": payload}
