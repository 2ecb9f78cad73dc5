"""Cost rules of open tools, at their defaults, written from their published descriptions.

- OptScale: a day above the mean of the seven days before it by 30 %.
- OpenCost pull request 3978: modified z-score (median and MAD of seven days) above 3.5; cost over 0.10.
- SundaySky cost-anomaly-detector: over 14 days above 1.25 means, mean + 4 deviations and mean + 10.
- aws-cost-anomalies (s3u): z-score of 14 days above 2.5.
- Median and MAD of 28 days, and the same on weekdays' residuals (after S-H-ESD), with a threshold that the
  budget sets, as ours has.

Each returns a score for every series and day; a rule's own threshold is 1.
"""

import numpy as np

from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles
from centavo.consumption.detection.weekday import flattened, logarithms

__all__ = ["FREE", "RULES"]

_MAD_TO_SIGMA = 1.4826


def optscale(amounts: np.ndarray) -> np.ndarray:
    return amounts / (1.3 * np.maximum(delayed(rolling_mean(amounts, 7), 1), 1e-9))


def opencost(amounts: np.ndarray) -> np.ndarray:
    return np.where(amounts >= 0.1, _modified_z(amounts, 7) / 3.5, 0.0)


def sundaysky(amounts: np.ndarray) -> np.ndarray:
    mean, deviation = _mean_and_deviation(amounts, 14)
    least = np.maximum.reduce([1.25 * mean, mean + 4 * deviation, mean + 10])
    return amounts / np.maximum(least, 1e-9)


def aws_cost_anomalies(amounts: np.ndarray) -> np.ndarray:
    mean, deviation = _mean_and_deviation(amounts, 14)
    return (amounts - mean) / np.maximum(deviation, 1e-9) / 2.5


def median_mad(amounts: np.ndarray) -> np.ndarray:
    return _modified_z(amounts, 28)


def seasonal_hybrid(amounts: np.ndarray) -> np.ndarray:
    return _modified_z(flattened(logarithms(amounts, least=0.01)), 56)


RULES = {
    "OptScale": optscale,
    "OpenCost #3978": opencost,
    "SundaySky": sundaysky,
    "aws-cost-anomalies": aws_cost_anomalies,
}
FREE = {"median + MAD": median_mad, "S-H-ESD-like": seasonal_hybrid}


def _modified_z(values: np.ndarray, window: int) -> np.ndarray:
    middle = rolling_quantiles(values, window, at=[0.5], least=5)[0]
    apart = rolling_quantiles(np.abs(values - middle), window, at=[0.5], least=5)[0]
    spread = _MAD_TO_SIGMA * delayed(apart, 1)
    return (values - delayed(middle, 1)) / np.maximum(spread, 1e-9)


def _mean_and_deviation(amounts: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    mean = rolling_mean(amounts, window)
    square = rolling_mean(amounts**2, window)
    deviation = np.sqrt(np.maximum(square - mean**2, 0) * window / (window - 1))
    return delayed(mean, 1), delayed(deviation, 1)
