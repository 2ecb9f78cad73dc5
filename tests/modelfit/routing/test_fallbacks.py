"""A fallback is a model that succeeds where the one before it failed, and the cheapest of equals."""

from centavo.modelfit.routing.fallbacks import choose_fallbacks

ITEMS = [f"p{number}" for number in range(100)]


def scores(**failing):
    """Return scores by model: each fails on the items that its range names."""
    return {
        model: {item: 0.0 if number in fails else 1.0 for number, item in enumerate(ITEMS)}
        for model, fails in failing.items()
    }


def test_a_model_that_fails_on_other_prompts_comes_before_a_better_one_that_fails_with_the_first():
    known = scores(first=range(40), same=range(38), other=range(60, 100))
    assert choose_fallbacks(known, first="first", costs={}) == ("other", "same")


def test_the_cheapest_of_equals_is_taken():
    known = scores(first=range(40), dear=range(90, 100), cheap=range(91, 100))
    costs = {"dear": 0.02, "cheap": 0.001}
    assert choose_fallbacks(known, first="first", costs=costs) == ("cheap", "dear")
    assert choose_fallbacks(known, first="first", costs={"dear": 0.02})[0] == "dear"


def test_a_chain_is_no_longer_than_asked_and_empty_without_other_models():
    known = scores(a=range(10), b=range(10), c=range(10), d=range(10), e=range(10))
    assert len(choose_fallbacks(known, first="a", costs={}, length=2)) == 2
    assert choose_fallbacks(scores(a=range(5)), first="a", costs={}) == ()
