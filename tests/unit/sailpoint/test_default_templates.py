"""Templates built as SailPoint's published default ones are, each in words of our own.

Source of the constructs: https://documentation.sailpoint.com/saas/help/common/emails
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.unit.sailpoint.test_templates import acme, ports, sent, upserted  # noqa: F401


@dataclass(frozen=True)
class Case:
    body: str
    says: str
    context: dict[str, Any] = field(default_factory=dict)
    subject: str = "S"
    titled: str = "S"


CERTIFICATION = {
    "id": "c-1",
    "expiration": "2026-12-01T10:00:00Z",
    "certificationGroups": [{"name": "Q4"}],
}
NON_EMPLOYEE = {
    "data": {
        "firstName": "Zoë",
        "lastName": "Li",
        "created": "2026-11-05T08:07:06.123Z",
        "approvalStatus": "REJECTED",
        "requester": {"id": "u-9", "name": "Rae", "type": "IDENTITY"},
        "approvalItems": [
            {"approvalStatus": "APPROVED", "approver": {"id": "u-7", "name": "Ann"}},
            {"approvalStatus": "REJECTED", "approver": {"id": "u-8", "name": "Bob"}},
            {"approvalStatus": "PENDING", "approver": {"id": "u-6"}, "approvalOrder": 2},
        ],
    }
}
TYPES = {
    "ROLE": [
        {"name": "Admin", "removeDate": "1 May", "requesterComment": "now"},
        {"name": "<Dev>"},
    ],
    "ENTITLEMENT": [],
}
CASES = {
    "a number as text, once compared": Case(
        "<p>${who} gave ${n} #if(${n} == 1) task #{else} tasks #end away</p>",
        "<p>Ana gave 1  task  away</p>",
        {"who": "Ana", "n": "1"},
    ),
    "a number as text, above one": Case(
        "<b>$n#if($n > 1) tasks#else task#end</b>", "<b>4 tasks</b>", {"n": "4"}
    ),
    "names of the recipient and the product": Case(
        "<p>${user.name} at ${PRODUCT_NAME}, <a href='$identityNowUrl/ui/d/x'>here</a></p>",
        "<p>Ana at acme, <a href='https://id.example/ui/d/x'>here</a></p>",
        {"user": {"name": "Ana"}, "identityNowUrl": "https://id.example"},
    ),
    "globals of the second kind": Case(
        "<p>$__global.productName ${__global.productUrl}/ui</p>",
        "<p>acme https://id.example/ui</p>",
        {"__global": {"productUrl": "https://id.example"}},
        subject="In $__global.productName",
        titled="In acme",
    ),
    "an item of a list within an object": Case(
        '<p>The "$certification.certificationGroups.get(0).name" of ${certification.id}</p>',
        '<p>The "Q4" of c-1</p>',
        {"certification": CERTIFICATION},
    ),
    "dates by styles and by pattern": Case(
        "<p>$spTools.formatDate($certification.expiration,3,0)|"
        '$spTools.formatDate($certification.expiration)|'
        '$spTools.formatDate($certification.expiration, "MM/dd/yyyy hh:mm")</p>',
        "<p>12/1/26, 10:00:00 AM Coordinated Universal Time|12/1/26, 10:00 AM|12/01/2026 10:00</p>",
        {"certification": CERTIFICATION},
    ),
    "a condition that ends in braces": Case(
        "<p>Open.#if ($c.expiration) Until then.#{end} Go.</p>",
        "<p>Open. Until then. Go.</p>",
        {"c": CERTIFICATION},
    ),
    "a date read by a pattern": Case(
        "#set($_at = $__dateTool.toDate(\"yyyy-MM-dd'T'HH:mm:ss\", ${start}))\n"
        '#set($_day = $__dateTool.format("EEEEE, MMMMM dd, YYYY", $_at))\n'
        '<p>${_day}#if( ${end} != "0001-01-01T00:00:00Z") to ${end} #else without end #end</p>',
        "<p>Thursday, November 05, 2026 without end </p>",
        {"start": "2026-11-05T08:00:00Z", "end": "0001-01-01T00:00:00Z"},
    ),
    "kinds of an object, and who asked": Case(
        '<p>$o#if(${t}=="Role") role#elseif(${t}=="Entitlement") entitlement#else profile#end'
        "#if($asked != $for) for ${for}#end.</p>",
        "<p>X entitlement for Bo.</p>",
        {"o": "X", "t": "Entitlement", "asked": "Ana", "for": "Bo"},
    ),
    "a reason that may be empty": Case(
        "<i>a</i>\n#if($why)\n<p>Reason: ${why}.</p>\n#end #if($end)\n<p>$end</p>\n#end\nb",
        "<i>a</i>\n <p>1 May</p>\n\nb",
        {"why": "", "end": "1 May"},
    ),
    "a list that may be missing": Case(
        "<ul>#if($items && $items.size() > 0)#foreach($i in $items)<li>$i</li>#end#end</ul>"
        "#if($none && $none.size() > 0)x#end#if($gone && $gone.size() > 0)x#end",
        "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
        {"items": ["a", "<b>"], "none": []},
    ),
    "a separator that is set while looping": Case(
        '<p>#set($sep="")#foreach($i in $items)$sep$i#set($sep=", ")#end.</p>',
        "<p>a, b.</p>",
        {"items": ["a", "b"]},
    ),
    "a separator by hasNext": Case(
        "<p>#foreach($i in $items)$i#if($foreach.hasNext), #end#end</p>",
        "<p>a, b</p>",
        {"items": ["a", "b"]},
    ),
    "a negation with and": Case(
        "<p>#if ($approved)yes#{else}no#end#if (!$approved && $comment): $comment#end</p>",
        "<p>no: late</p>",
        {"approved": False, "comment": "late"},
    ),
    "lists by the keys of a map": Case(
        "<hr>\n#foreach ( $type in ${byType.keySet()} )\n$type:\n<ul>\n"
        "#foreach ( $d in ${byType.get($type)} )\n"
        "<li>${d.name}#if($d.removeDate) (until ${d.removeDate})#end</li>\n"
        "#if(${more} && ${more.get(${d.name})})\n"
        "#foreach ($a in ${more.get(${d.name}).keySet()})\n"
        "<li>${a}: ${more.get(${d.name}).get(${a})}</li>\n#end\n#end\n#end\n</ul>\n#end\n",
        "<hr>\nROLE:\n<ul>\n<li>Admin (until 1 May)</li>\n<li>site: Köln</li>\n"
        "<li>&lt;Dev&gt;</li>\n</ul>\nENTITLEMENT:\n<ul>\n</ul>\n",
        {"byType": TYPES, "more": {"Admin": {"site": "Köln"}}},
    ),
    "entries, getters of objects and pretty names": Case(
        "<p>#foreach ( $r in $details )#set ($found = $r.getSuccessDetails())"
        "#foreach ( $e in $objectTypeToPrettyPrint.entrySet() )#set ($type = $e.getKey())"
        "#set ($them = {})#set ($them = ${found.get($type)})"
        "#if ( $them.size() > 0 )$e.getValue(): #foreach($d in $them)$d.objectName "
        "$spTools.formatOffsetDateTimeForEmail($d.removeDate);#end#end#end#end</p>",
        "<p>Role: Admin Thu Nov 05 08:00:00 UTC 2026;</p>",
        {
            "details": [
                {
                    "successDetails": {
                        "ROLE": [{"objectName": "Admin", "removeDate": "2026-11-05T08:00:00Z"}]
                    }
                }
            ]
        },
    ),
    "a plural by the size of a list": Case(
        "<p>x</p>",
        "<p>x</p>",
        {"details": [{"name": "Bo"}]},
        subject="For #if ($details && $details.size() == 1)$details.get(0).name"
        "#elseif($details.size() > 1)$details.size() people#end",
        titled="For Bo",
    ),
    "identities and items by paths": Case(
        '#set($_who = "${data.firstName} ${data.lastName}")  \n'
        "#set($_open = $__util.getObjectByJsonPath($__contentJson, "
        "\"$.data.approvalItems[?(@.approvalStatus == 'PENDING')]\").get(0))  \n"
        "#set($_ids = $__util.getObjectByJsonPath($__contentJson, "
        "'$.data.approvalItems[*].approver.id'))\n"
        "#set($_requester = $__util.getUser($data.requester.id))\n"
        "<p>$_requester.name for $_who: $_ids.size()"
        "#if($_open.approvalOrder == $data.approvalItems.size() - 1) last#end</p>"
        "$__util.getUser($_ids[0]).name $!__util.getUser($_ids[2]).name",
        "<p>Rae for Zoë Li: 3 last</p>Ann ",
        NON_EMPLOYEE,
    ),
    "items by get, with their status": Case(
        "#set($_status = $__contentJson.get('data').get('approvalStatus'))\n"
        '#set($_at = $__dateTool.toDate("yyyy-MM-dd\'T\'HH:mm:ss.SSSXXX", $data.created))\n'
        "<p>$__dateTool.format('yyyy-MM-dd', $_at)\n"
        '#if($_status == "APPROVED")\nyes\n'
        '#elseif ($_status == "REJECTED") '
        '#foreach($i in $__contentJson.get("data").get("approvalItems"))'
        '#if($i.get("approvalStatus") == "REJECTED") '
        "#set($_by = $__util.getUser($i.approver.id).name)\n"
        "$_by said no.\n#end #end #end</p>",
        "<p>2026-11-05\n  \nBob said no.\n   </p>",
        NON_EMPLOYEE,
    ),
    "numbering in a loop": Case(
        "<p>#foreach($i in $items)#if($foreach.count!=1) and #end$i#end</p>",
        "<p>a and b</p>",
        {"items": ["a", "b"]},
    ),
    "escaped by the author too": Case(
        "<p>$__esc.html($text) $spTools.escapeHtml($text) $text</p>",
        "<p>&lt;i&gt; &lt;i&gt; &lt;i&gt;</p>",
        {"text": "<i>"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_saved_and_says_what_it_says_at_sailpoint(acme, ports, name):  # noqa: F811
    case = CASES[name]
    upserted(acme, subject=case.subject, body=case.body)

    simple = sent(acme, ports, "EMAIL", **case.context).arguments["Content"]["Simple"]

    assert simple["Body"]["Html"]["Data"] == case.says
    assert simple["Subject"]["Data"] == case.titled
