"""Pages say at which rates amounts were converted."""

import pytest

from centavo.consumption.conversion import RateUse
from centavo.deliverables.language import language, plain
from centavo.deliverables.prepare.coverage import _rate

BILL = RateUse("AUD", "USD", used=("1.5", "1.6"))
FILE = RateUse("BRL", "USD", "rates.csv", ("BRL per USD 5.0 of 2026-10-03 from rates.csv",))


@pytest.mark.parametrize(
    ("use", "lang", "told"),
    [
        (BILL, "en", "AUD is converted to USD at the bill's own rates, from 1.5000 to 1.6000 for one USD."),
        (BILL, "pt-BR", "AUD é convertido em USD pelas cotações da própria fatura, de 1,5000 a 1,6000 por um USD."),
        (FILE, "en", "BRL is converted to USD at 1 dated rate of rates.csv."),
        (FILE, "pt-BR", "BRL é convertido em USD por 1 cotação datada de rates.csv."),
    ],
)  # fmt: skip
def test_a_conversion_names_its_rates(use, lang, told):
    assert plain(_rate(use, language(lang))) == told
