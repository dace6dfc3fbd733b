"""Novu's API, as its official clients speak it: https://docs.novu.co/api-reference"""

from carillon.dialects.dialect import Dialect
from carillon.dialects.novu.errors import NovuDialect

dialect: Dialect = NovuDialect()
