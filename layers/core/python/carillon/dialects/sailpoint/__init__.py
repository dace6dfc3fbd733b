"""SailPoint's event triggers and notifications: https://developer.sailpoint.com/docs/api"""

from carillon.dialects.sailpoint.errors import SailPointDialect
from carillon.dialects.sailpoint.oauth import OAuthDialect

dialect = SailPointDialect()
oauth_dialect = OAuthDialect()
