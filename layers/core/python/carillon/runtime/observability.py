"""The one logger. It writes JSON with ids as keys: never a body, URL, header or address."""

from aws_lambda_powertools.logging import Logger

logger = Logger(log_uncaught_exceptions=False)
