"""What detection is compared with: cost rules of open tools, and textbook methods.

Written from what their authors publish, at their defaults:

- OptScale: a day above the mean of the seven days before it by 30 %.
- OpenCost pull request 3978: modified z-score (median and MAD of seven days) above 3.5; cost over 0.10.
- Costroid (testdata/aws-focus-anomaly/README.md of its repository): from ten days on, above the median of up
  to 30 days by three times 1.4826 MAD and by a tenth of that median.
- SundaySky cost-anomaly-detector: over 14 days above 1.25 means, mean + 4 deviations and mean + 10.
- Vega (docs.vegacloud.io, "How Vega Anomaly Detection Works"): more than 10 % above the baseline of the seven
  days before it; the page does not say which baseline: the mean is taken.
- aws-cost-anomalies (s3u): z-score of 14 days above 2.5.

Textbook methods, with the threshold that their source names:

- Median and MAD of 28 days: modified z-score above 3.5 (Iglewicz and Hoaglin, 1993).
- S-H-ESD-like (after Hochenbaum, Vallis and Kejariwal, 2017): the same on weekdays' residuals of 56 days, above
  the critical value of one outlier above at 5 %, 3.0.
- MSTL (statsforecast): the remainder of the last of all days so far, above 3.5 of the remainders' MAD.
- Theta (statsforecast): fitted on the days that are history only, and rolled on without fitting again: a day
  above the 99 % interval of the forecast of the day before.

Costroid and aws-cost-anomalies flag falls too; here only rises count, for all. Each returns a score, whose
threshold is 1: the quick ones for every series and day, the slow ones one series at a time.
"""

from collections.abc import Callable

import numpy as np
from detection_protocol import DayScore, Detector, Rolling

from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles
from centavo.consumption.detection.weekday import flattened, logarithms

__all__ = ["RULES", "SLOW", "alone"]

_MAD_TO_SIGMA = 1.4826
_OUTLIER_AT = 3.5
# Rosner's critical value of the first of 56 days at 5 %, one-sided.
_ESD_AT = 3.0
_LEAST = 1e-9
_ROWS_AT_ONCE = 200


def optscale(amounts: np.ndarray) -> np.ndarray:
    return amounts / (1.3 * np.maximum(delayed(rolling_mean(amounts, 7), 1), _LEAST))


def opencost(amounts: np.ndarray) -> np.ndarray:
    return np.where(amounts >= 0.1, _modified_z(amounts, 7) / _OUTLIER_AT, 0.0)


def costroid(amounts: np.ndarray) -> np.ndarray:
    middle, spread = _median_and_mad(amounts, 30, least=10)
    return (amounts - middle) / np.maximum(np.maximum(3 * spread, 0.1 * middle), _LEAST)


def sundaysky(amounts: np.ndarray) -> np.ndarray:
    mean, deviation = _mean_and_deviation(amounts, 14)
    least = np.maximum.reduce([1.25 * mean, mean + 4 * deviation, mean + 10])
    return amounts / np.maximum(least, _LEAST)


def vega(amounts: np.ndarray) -> np.ndarray:
    return amounts / (1.1 * np.maximum(delayed(rolling_mean(amounts, 7), 1), _LEAST))


def aws_cost_anomalies(amounts: np.ndarray) -> np.ndarray:
    mean, deviation = _mean_and_deviation(amounts, 14)
    return (amounts - mean) / np.maximum(deviation, _LEAST) / 2.5


def median_mad(amounts: np.ndarray) -> np.ndarray:
    return _modified_z(amounts, 28) / _OUTLIER_AT


def seasonal_hybrid(amounts: np.ndarray) -> np.ndarray:
    return _modified_z(flattened(logarithms(amounts, least=0.01)), 56) / _ESD_AT


def mstl_remainder(amounts: np.ndarray, _warm_up: int) -> DayScore:
    from statsforecast.mstl import mstl

    def score(day: int) -> float:
        rest = mstl(amounts[: day + 1], period=7)["remainder"].to_numpy()
        apart = rest - np.median(rest)
        spread = _MAD_TO_SIGMA * np.median(np.abs(apart))
        return float(apart[-1] / max(spread, _LEAST) / _OUTLIER_AT)

    return score


def theta_interval(amounts: np.ndarray, warm_up: int) -> DayScore:
    from statsforecast.models import Theta

    model = Theta(season_length=7).fit(amounts[:warm_up])

    def score(day: int) -> float:
        said = model.forward(y=amounts[:day], h=1, level=[99])
        middle, high = said["mean"][0], said["hi-99"][0]
        return float((amounts[day] - middle) / max(high - middle, _LEAST))

    return score


RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "OptScale": optscale,
    "OpenCost #3978": opencost,
    "Costroid": costroid,
    "SundaySky": sundaysky,
    "Vega": vega,
    "aws-cost-anomalies": aws_cost_anomalies,
    "median + MAD": median_mad,
    "S-H-ESD-like": seasonal_hybrid,
}
SLOW: dict[str, Rolling] = {"MSTL": mstl_remainder, "Theta": theta_interval}


def alone(rule: Callable[[np.ndarray], np.ndarray]) -> Detector:
    """Return a rule that needs no dates as a detector."""

    def detector(amounts: np.ndarray, _firsts: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return rule(amounts)

    return detector


def _modified_z(values: np.ndarray, window: int) -> np.ndarray:
    middle, spread = _median_and_mad(values, window, least=5)
    return (values - middle) / np.maximum(spread, _LEAST)


def _median_and_mad(
    values: np.ndarray, window: int, *, least: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the median of the days before each, and their MAD as a standard deviation."""
    middle = delayed(rolling_quantiles(values, window, at=[0.5], least=least)[0], 1)
    spread = np.full_like(values, np.nan)
    padded = np.pad(values, ((0, 0), (window, 0)), constant_values=np.nan)
    for rows in np.array_split(np.arange(len(values)), max(len(values) // _ROWS_AT_ONCE, 1)):
        before = np.lib.stride_tricks.sliding_window_view(padded[rows], window, axis=1)[:, :-1]
        # What is unknown sorts to the end.
        apart = np.sort(np.abs(before - middle[rows][..., None]), axis=2)
        last = np.maximum(np.isfinite(apart).sum(axis=2) - 1, 0)[..., None]
        ends = [np.take_along_axis(apart, each, 2)[..., 0] for each in (last // 2, (last + 1) // 2)]
        spread[rows] = (ends[0] + ends[1]) / 2
    return middle, _MAD_TO_SIGMA * spread


def _mean_and_deviation(amounts: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    mean = rolling_mean(amounts, window)
    square = rolling_mean(amounts**2, window)
    deviation = np.sqrt(np.maximum(square - mean**2, 0) * window / (window - 1))
    return delayed(mean, 1), delayed(deviation, 1)
