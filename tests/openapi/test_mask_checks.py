"""Masks: ``generate`` rejects a spec in which a shown mask can overwrite the stored value."""

import pytest

from profilegate.errors import SpecError
from profilegate.openapi.mask_checks import check_masks
from profilegate.openapi.reader import parse_spec

SPEC = """\
openapi: "3.0.3"
info: {{title: "T", version: "1"}}
paths:
  /users/{{id}}:
    patch:
      operationId: update_user
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      requestBody:
        content: {{application/json: {{schema: {{$ref: "#/components/schemas/Sent"}}}}}}
      responses:
        "200":
          description: D
          content: {{application/json: {{schema: {{$ref: "#/components/schemas/{shown}"}}}}}}
components:
  schemas:
    Sent:
      type: object
      properties:
        tax: {{type: object, properties: {{number: {sent}}}}}
    Shown:
      type: object
      properties:
        tax_number: {{type: string, x-profile: tax.tin, x-mask: last4}}
"""

TAKES_A_MASK = {
    "the masked schema is that of the request": ("Sent", "x-mask: last4"),
    "the response alone is masked": ("Shown", ""),
    "a pattern takes stars": ("Shown", "pattern: '^[^a]*$'"),
}


@pytest.mark.parametrize(("shown", "rule"), TAKES_A_MASK.values(), ids=TAKES_A_MASK)
def test_a_request_that_takes_a_mask_is_rejected(shown: str, rule: str) -> None:
    """
    A client that sends back what it was shown must not overwrite the number with stars.
    """
    sent = f"{{type: string, x-profile: tax.tin, {rule}}}"
    spec = parse_spec("broken", SPEC.format(shown=shown, sent=sent))

    with pytest.raises(SpecError) as caught:
        check_masks(spec)

    assert "/components/schemas/Sent/properties/tax/properties/number" == caught.value.pointer


def test_a_request_whose_pattern_excludes_stars_is_accepted() -> None:
    """
    The mask is then rejected, with the field and the rule, and the number stays.
    """
    sent = r"{type: string, x-profile: tax.tin, pattern: '^[^*\x00]*$'}"

    check_masks(parse_spec("good", SPEC.format(shown="Shown", sent=sent)))
