"""Sheets in Open Referral's Human Services Data Specification 3: a page of services, as its API gives them.

Schema of a service: hsds-service.json of openreferral/specification. Identifiers are drawn from the page's address, so
that a service keeps its own from one export to the next.
"""

import re
import uuid
from datetime import UTC

from resources.enums import Cost
from resources.exchange.data_inclusion import description_of, email_of, site_of
from resources.exchange.sharing import address_of, area_in_words, audience, cost_in_words, sentences, shareable
from resources.models.resources import TEXT_NUMBERS

TAXONOMY = "Besoins du Café des Soignants, thème et besoin"
SHORT_DEPARTEMENTS = 2
OVERSEAS = ("97", "98")


def document(resources):
    """Return the one page that holds every service."""
    contents = [service_of(shareable(resource)) for resource in resources]
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def identifier(resource, part):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address_of(resource)}#{part}"))


def without_blanks(values):
    """Leave out what there is not: the schema knows no null."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def service_of(resource):
    key = identifier(resource, "service")
    return without_blanks(
        {
            "id": key,
            "name": resource.name,
            "description": description_of(resource),
            "url": site_of(resource),
            "email": email_of(resource),
            "status": "active",
            "application_process": sentences(
                ("Pour soi", resource.own_access),
                ("Pour un collègue", resource.referral_access),
                ("Délai habituel", resource.delay),
            ),
            "fees_description": cost_in_words(resource),
            "eligibility_description": audience(resource),
            "accreditations": engagements(resource),
            "assured_date": resource.verified_on and resource.verified_on.isoformat(),
            "alert": resource.alert_note,
            "last_modified": moment(resource.updated_at),
            "organization_id": identifier(resource, "organization"),
            "organization": organization_of(resource),
            "phones": phones_of(resource, key),
            "schedules": schedules_of(resource, key),
            "service_areas": [{"id": identifier(resource, "area"), "service_id": key, "name": area_in_words(resource)}],
            "service_at_locations": locations_of(resource, key),
            "languages": languages_of(resource, key),
            "cost_options": costs_of(resource, key),
            "attributes": [attribute_of(resource, need, key) for need in resource.need_list],
        }
    )


def moment(value):
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def organization_of(resource):
    values = {
        "id": identifier(resource, "organization"),
        "name": resource.name,
        "description": resource.summary or resource.name,
        "email": email_of(resource),
        "website": site_of(resource),
        "uri": address_of(resource),
    }
    return without_blanks(values)


def engagements(resource):
    signed = resource.charter_signed_on
    charter = f"Charte signée le {signed:%d/%m/%Y}" if signed else ""
    return ". ".join(filter(None, [charter, "Formation au DIU Soigner les soignants" if resource.diu_trained else ""]))


def phones_of(resource, key):
    if not resource.phone:
        return []
    kind = "text" if resource.phone in TEXT_NUMBERS else "voice"
    return [{"id": identifier(resource, "phone"), "service_id": key, "number": resource.phone, "type": kind}]


def schedules_of(resource, key):
    """Hours are words here, never the schema's recurrences."""
    if not resource.hours:
        return []
    return [{"id": identifier(resource, "schedule"), "service_id": key, "description": resource.hours}]


def languages_of(resource, key):
    names = [name.strip() for name in re.split(r"[,;]", resource.languages) if name.strip()]
    return [{"id": identifier(resource, f"language-{name}"), "service_id": key, "name": name} for name in names]


def costs_of(resource, key):
    if resource.cost == Cost.UNKNOWN:
        return []
    values = {
        "id": identifier(resource, "cost"),
        "service_id": key,
        "option": resource.get_cost_display(),
        "amount_description": resource.cost_words,
    }
    # The only amount that we know as a number.
    free = {"amount": 0, "currency": "EUR"} if resource.cost == Cost.FREE else {}
    return [without_blanks(values) | free]


def attribute_of(resource, need, key):
    return {
        "id": identifier(resource, f"need-{need.slug}"),
        "link_id": key,
        "link_entity": "service",
        "taxonomy_term": {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{TAXONOMY}#{need.slug}")),
            "code": need.slug,
            "name": need.label,
            "description": f"{need.theme.label} : {need.label}",
            "taxonomy": TAXONOMY,
            "language": "fr",
        },
    }


def locations_of(resource, key):
    places = [physical(resource)] if resource.on_site else []
    if resource.remote:
        virtual = {"id": identifier(resource, "remote"), "location_type": "virtual", "name": "À distance"}
        places.append(without_blanks(virtual | {"url": site_of(resource)}))
    return [
        {
            "id": identifier(resource, f"at-{place['location_type']}"),
            "service_id": key,
            "location_id": place["id"],
            "location": place,
        }
        for place in places
    ]


def physical(resource):
    access = resource.accessibility
    values = {
        "id": identifier(resource, "place"),
        "location_type": "physical",
        "name": resource.commune or "Sur place",
        "latitude": resource.latitude,
        "longitude": resource.longitude,
        "addresses": addresses_of(resource),
        "accessibility": [{"id": identifier(resource, "access"), "description": access}] if access else [],
    }
    return without_blanks(values)


def addresses_of(resource):
    """A postal address is told whole or not at all: the schema wants every line of it."""
    if not (resource.address and resource.commune and resource.postcode):
        return []
    return [
        {
            "id": identifier(resource, "address"),
            "location_id": identifier(resource, "place"),
            "address_1": resource.address,
            "city": resource.commune,
            "state_province": departement(resource.postcode),
            "postal_code": resource.postcode,
            "country": "FR",
            "address_type": "physical",
        }
    ]


def departement(postcode):
    """Return what stands for a French state or province: the département's number, three digits overseas."""
    return postcode[: SHORT_DEPARTEMENTS + postcode.startswith(OVERSEAS)]
