"""AWS Cost and Usage Reports: what a bill of AWS says, and what Bedrock's usage types mean."""

from centavo.sources.aws.source import AwsReportSource

__all__ = ["AwsReportSource"]
