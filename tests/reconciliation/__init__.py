"""Tests of centavo.reconciliation."""
