"""GET and POST /api/o/{org}/u/{username}/addresses/"""

from functools import partial

from carillon.dialects.bitcaster import AUDIENCE, dialect
from carillon.dialects.bitcaster.schemas.users import AddressRequest, AddressResponse
from carillon.dialects.bitcaster.translate import users as translate
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people
from carillon.usecases.integrations import lookup


@endpoint(dialect, **AUDIENCE)
def list_addresses(call: Call) -> list[AddressResponse]:
    user = people.find(call.path["username"], ports=call.ports)
    return translate.addresses(user)


@endpoint(dialect, **AUDIENCE, forms=dict)
def add_address(body: AddressRequest, call: Call) -> AddressResponse:
    """Add an address, sent as JSON or as the form that Bitcaster's server reads."""
    name = call.path["username"]
    address = translate.to_address(name, body, partial(lookup.channel_of, ports=call.ports))
    user = people.add_addresses(name, [address], ports=call.ports)
    stored = address.phone or body.value  # a number is kept in E.164
    return next(each for each in translate.addresses(user) if each.value == stored)


handler = methods(GET=list_addresses, POST=add_address)
