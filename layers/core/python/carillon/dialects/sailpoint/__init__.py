"""SailPoint's event triggers and notifications: https://developer.sailpoint.com/docs/api"""

from carillon.dialects.dialect import Dialect
from carillon.dialects.sailpoint.errors import SailPointDialect
from carillon.dialects.sailpoint.oauth import OAuthDialect

dialect: Dialect = SailPointDialect()
oauth_dialect: Dialect = OAuthDialect()
