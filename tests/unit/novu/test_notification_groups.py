"""Older clients look for a group, and make a workflow in it."""


def test_a_workflow_is_made_in_the_group_that_is_listed(acme):
    [group] = acme.ok("GET", "/v1/notification-groups")
    step = {"template": {"type": "in_app", "content": "Hello"}}
    body = {"name": "Made", "notificationGroupId": group["_id"], "active": True, "steps": [step]}

    acme.ok("POST", "/v1/notification-templates", body)

    assert group["name"] == "General"
    assert acme.ok("POST", "/v1/events/trigger", {"name": "made", "to": "ana"})["status"] == (
        "processed"
    )
