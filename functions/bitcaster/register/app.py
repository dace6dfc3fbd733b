"""POST /api/o/{org}/p/{prj}/a/{app}/register/"""

from typing import Any

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.users import RegisterRequest
from carillon.dialects.bitcaster.translate import users as translate
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    status=201,
    or_status=200,
    category=Category.CONFIGURATION,
)
def register_user(body: RegisterRequest, call: Call) -> Answer[dict[str, Any]]:
    """Have the application know somebody; 201 if nobody knew them before.

    The client calls it, and the server that it is for does not serve it.
    """
    person, known = translate.to_registration(body, places.application(call.path))
    providers = call.ports.providers.ids()
    addresses = [translate.to_address(person.id, each, providers) for each in body.addresses]
    topic = people.topic_called(body.distribution_list, ports=call.ports)
    done = people.register(person, known, addresses, ports=call.ports)
    added = None
    if topic is not None:
        names = [done.subscriber.id]
        count = people.add_to_topic(topic.key, names, ports=call.ports)
        added = {"name": topic.name, "recipients_added": count}
    values = {each.value for each in body.addresses}
    given = [each for each in translate.addresses(done.subscriber) if each.value in values]
    answer = translate.registered(done, given, added)
    return Answer(status=201 if done.created else 200, body=answer)


handler = methods(POST=register_user)
