"""POST /api/o/{org}/p/{prj}/a/{app}/register/"""

from functools import partial

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.users import RegisteredResponse, RegisterRequest
from carillon.dialects.bitcaster.translate import users as translate
from carillon.dialects.dialect import Answer
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people
from carillon.usecases.integrations import lookup


@endpoint(dialect, **AUDIENCE, status=201, or_status=200)
def register_user(body: RegisterRequest, call: Call) -> Answer[RegisteredResponse]:
    """Register a user with an application; 201 for a new user.

    Bitcaster's client calls this, though Bitcaster's own server does not serve it.
    """
    person, known = translate.to_registration(body, places.application(call.path))
    channel_of = partial(lookup.channel_of, ports=call.ports)
    addresses = [translate.to_address(person.id, each, channel_of) for each in body.addresses]
    done = people.register(
        person, known, addresses, topic_name=body.distribution_list, ports=call.ports
    )
    shown = translate.registered(done, body.addresses)
    return Answer(status=201 if done.created else 200, body=dialect.encode(shown))


handler = methods(POST=register_user)
