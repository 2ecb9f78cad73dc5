"""What n8n workflows are set up to call."""

import json

import pytest

from centavo.sources.n8n.inventory import NotRead, read_workflows, summed
from centavo.sources.n8n.nodes import WorkflowNode
from centavo.sources.n8n.schedules import schedule_of
from tests.sources.trace_files import write_json

LANGCHAIN = "@n8n/n8n-nodes-langchain."


def node(kind, **parameters):
    return {"name": kind, "type": kind, "parameters": parameters}


def workflow(*nodes, **changes):
    return {"name": "Orders", "active": True, "nodes": list(nodes), "connections": {}} | changes


def inventory_of(tmp_path, *nodes, **changes):
    path = write_json(tmp_path / "workflow.json", workflow(*nodes, **changes))
    return summed(list(read_workflows(path)))


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        (LANGCHAIN + "lmChatOpenAi", True),
        (LANGCHAIN + "lmOllama", True),
        (LANGCHAIN + "openAi", True),
        ("n8n-nodes-base.openAi", True),
        (LANGCHAIN + "anthropic", True),
        (LANGCHAIN + "agent", False),
        (LANGCHAIN + "embeddingsOpenAi", False),
        ("n8n-nodes-base.set", False),
    ],
)
def test_nodes_that_call_a_model(tmp_path, kind, calls):
    assert inventory_of(tmp_path, node(kind)).llm_nodes == calls


@pytest.mark.parametrize(
    ("kind", "provider"),
    [
        ("lmChatOpenAi", "openai"),
        ("lmChatAzureOpenAi", "azure"),
        ("lmChatGoogleGemini", "google"),
        ("lmChatAwsBedrock", "aws"),
        ("lmChatMistralCloud", "mistral"),
        ("lmChatXAiGrok", "x-ai"),
        ("lmOpenAi", "openai"),
        ("openAi", "openai"),
        ("lmChatAnthropic", "anthropic"),
        ("lmOllama", "ollama"),
        ("agent", None),
    ],
)
def test_the_type_names_the_provider(kind, provider):
    assert WorkflowNode("x", LANGCHAIN + kind, {}).provider == provider


@pytest.mark.parametrize(
    ("options", "by_number", "otherwise"),
    [
        ({"maxTokens": 500}, 1, 0),
        ({"maxTokens": "={{ $json.size }}"}, 0, 1),
        ({"maxTokensToSample": 8192}, 0, 1),
        ({}, 0, 0),
    ],
)
def test_limits_of_the_answer(tmp_path, options, by_number, otherwise):
    found = inventory_of(tmp_path, node(LANGCHAIN + "lmChatOpenAi", options=options))
    assert (found.llm_nodes_with_max_tokens, found.llm_nodes_with_other_limit) == (
        by_number,
        otherwise,
    )


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("agent", {"options": {"systemMessage": "Be brief."}}),
        ("informationExtractor", {"options": {"systemPromptTemplate": "Be brief."}}),
        ("chainLlm", {"messages": {"messageValues": [{"message": "Be brief."}]}}),
        ("openAi", {"messages": {"values": [{"role": "system", "content": "Be brief."}]}}),
        ("openAi", {"prompt": {"messages": [{"role": "system", "content": "Be brief."}]}}),
    ],
)
def test_system_prompts(tmp_path, kind, parameters):
    found = inventory_of(tmp_path, node(LANGCHAIN + kind, **parameters))
    assert (found.system_prompts, found.system_prompt_chars_max) == (1, 9)


def test_what_the_user_says_is_no_system_prompt(tmp_path):
    message = {"type": "HumanMessagePromptTemplate", "message": "Hello"}
    chain = node(LANGCHAIN + "chainLlm", messages={"messageValues": [message]})
    vendor = node(LANGCHAIN + "openAi", messages={"values": [{"content": "Hello"}]})
    assert inventory_of(tmp_path, chain, vendor).system_prompts == 0


def rule(**interval):
    return {"rule": {"interval": [interval]}}


@pytest.mark.parametrize(
    ("kind", "parameters", "rules", "is_minute_level"),
    [
        ("scheduleTrigger", rule(field="minutes", minutesInterval=15), "every 15 minutes", True),
        ("scheduleTrigger", rule(field="seconds"), "every 30 seconds", True),
        ("scheduleTrigger", rule(field="hours", hoursInterval=2), "every 2 hours", False),
        ("scheduleTrigger", rule(triggerAtHour=9), "days", False),
        (
            "scheduleTrigger",
            rule(field="cronExpression", expression="*/5 * * * *"),
            "cron */5 * * * *",
            True,
        ),
        (
            "scheduleTrigger",
            rule(field="cronExpression", expression="0 8 * * 1-5"),
            "cron 0 8 * * 1-5",
            False,
        ),
        ("cron", {"triggerTimes": {"item": [{"mode": "everyMinute"}]}}, "everyMinute", True),
        ("cron", {"triggerTimes": {"item": [{}]}}, "days", False),
        ("interval", {"interval": 10, "unit": "minutes"}, "every 10 minutes", True),
    ],
)
def test_schedules(kind, parameters, rules, is_minute_level):
    found = schedule_of(WorkflowNode("x", f"n8n-nodes-base.{kind}", parameters))
    assert (found.rules, found.is_minute_level) == ((rules,), is_minute_level)


def test_a_webhook_is_no_schedule():
    assert schedule_of(WorkflowNode("x", "n8n-nodes-base.webhook", {})) is None


def test_figures_over_workflows(tmp_path):
    clock = node("n8n-nodes-base.scheduleTrigger", **rule(field="minutes"))
    model = node(LANGCHAIN + "lmChatOpenAi", model="gpt-4o")
    path = write_json(
        tmp_path / "all.json",
        [
            workflow(clock, model, model),
            workflow(clock, active=False),
            workflow(model, active=None),
        ],
    )
    found = summed(list(read_workflows(path)))
    assert (found.workflows, found.with_llm, found.active, found.scheduled) == (3, 2, 1, 2)
    assert (found.minute_level_schedule, found.minute_level_and_llm) == (2, 1)
    assert found.models == (("gpt-4o", 3),)
    assert (found.system_prompts, found.system_prompt_chars_median) == (0, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [('{"nodes": []}}', "not JSON"), ("[1]", "no n8n workflow"), ('{"a": 1}', "no n8n workflow")],
)
def test_what_is_no_workflow_is_named(tmp_path, text, reason):
    path = tmp_path / "x.json"
    path.write_text(text)
    (found,) = read_workflows(path)
    assert isinstance(found, NotRead)
    assert reason in found.reason


def test_the_command(centavo, tmp_path):
    folder = tmp_path / "workflows"
    folder.mkdir()
    chain = node(LANGCHAIN + "agent", options={"systemMessage": "Be brief."})
    clock = node("n8n-nodes-base.scheduleTrigger", **rule(field="minutes"))
    model = node(LANGCHAIN + "lmChatOpenAi", model={"value": "gpt-4o"})
    write_json(folder / "a.json", workflow(clock, chain, model))
    (folder / "broken.json").write_text("{")
    (folder / "README.md").write_text("not looked at")
    done = centavo("n8n", "inventory", folder)
    assert "1 of 1 workflows call a model" in done.err
    assert "broken.json is not JSON" in done.err
    assert done.out.splitlines()[1].split("\t") == [
        "Orders", "yes", "every 5 minutes", "1", "gpt-4o", "1", "9",
    ]  # fmt: skip
    found = centavo("n8n", "inventory", folder, "--json").json
    assert found["schema"] == "centavo.n8n.inventory/1"
    assert found["rows"][0]["llm_nodes"][0]["model"] == "gpt-4o"
    assert len(found["not_read"]) == 1
    json.dumps(found)


def test_without_a_workflow_the_command_says_so(centavo, tmp_path):
    path = write_json(tmp_path / "x.json", {"a": 1})
    done = centavo("n8n", "inventory", path)
    assert done.exit_code == 2
    assert "no n8n workflow" in done.err
