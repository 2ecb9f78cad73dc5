"""What a line of the plan rests on is a message, also where an older register has a sentence."""

import pytest

from centavo.deliverables.language import language, plain
from centavo.savings.resting_on import finding_evidence, replay_evidence, that_was_written

PT = language("pt-BR")


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (
            replay_evidence(68_488, 8_632, seed=2026),
            "reprodução de 68.488 requisições registradas; 8.632 afetadas; semente 2026",
        ),
        (
            finding_evidence("123456789012", "error_tax", rows=1200),
            "achado 123456789012: consulta error_tax, 1.200 linhas",
        ),
    ],
)
def test_evidence_is_told_with_its_figures_and_read_from_older_rows(evidence, told):
    assert plain(PT.told(evidence)) == told
    assert that_was_written(str(evidence).replace("1,200 rows", "1200 rows")) == evidence


def test_what_people_wrote_stays():
    assert that_was_written("meeting of 12 May, seed 3") is None
    assert PT.told("meeting of 12 May, seed 3") == "meeting of 12 May, seed 3"
