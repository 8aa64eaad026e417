"""Writes web/demo/phone-formats.js, by which the phone field formats numbers while they are typed; `--check` only compares.

Source: libphonenumber's metadata, as shipped with the `phonenumbers` package, reduced to mobile numbers.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

OUTPUT = Path(__file__).resolve().parents[1] / "web/demo/phone-formats.js"
HEAD = """\
// Written by `make phone-formats` from libphonenumber's metadata (Apache License 2.0).
// By calling code: [its regions, the first one the main; the trunk prefix; formats].
// A region: its name, or [name, how its national numbers begin, or the whole of one] where numbers tell it from the main.
// A format: [how the national number begins, the form with the trunk prefix, without it, after the calling code]; # is a digit, and an
// empty form is the one before it.
"""
NOT_GEOGRAPHIC = "001"
GROUP = re.compile(r"\(\\d(?:\{(\d+)(?:,(\d+))?\})?\)")


class Format(NamedTuple):
    """One format of the national numbers that begin with `leading`; "" if libphonenumber inserts or moves digits."""

    leading: str
    with_trunk: str
    national: str
    international: str

    def row(self) -> list[str]:
        """The format without repetitions: an omitted template is the same as the one before it."""
        pairs = zip(self[2:], self[1:], strict=False)
        return [self.leading, self.with_trunk, *("" if here == before else here for here, before in pairs)]


def main(arguments: list[str]) -> int:
    text = document()
    if arguments == ["--check"]:
        same = OUTPUT.exists() and OUTPUT.read_text(encoding="utf-8") == text
        print(f"{OUTPUT.name} is up to date" if same else f"{OUTPUT.name} is out of date: make phone-formats")
        return 0 if same else 1
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


def document() -> str:
    codes = {str(code): entry(regions) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != NOT_GEOGRAPHIC}
    rows = [f"  {code}: {json.dumps(row, separators=(',', ':'))}," for code, row in codes.items()]
    return "\n".join([HEAD + "export const callingCodes = {", *rows, "};", ""])


def entry(regions: tuple[str, ...]) -> list[object]:
    main_region = metadata(regions[0])
    others = [[region, beginning(region)] if is_distinguished(region) else region for region in regions[1:]]
    return [[regions[0], *others], trunk_of(main_region), [each.row() for each in formats(main_region)]]


def metadata(region: str) -> Any:
    region_metadata = PhoneMetadata.metadata_for_region(region)
    if region_metadata is None:
        raise ValueError(f"{region} has no metadata")
    return region_metadata


def is_distinguished(region: str) -> bool:
    """Whether libphonenumber distinguishes the region's mobile numbers from those of the main region."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    return example is not None and phonenumbers.region_code_for_number(example) == region


def beginning(region: str) -> str:
    """A pattern for a region's national numbers: their first digits, or else a whole mobile number."""
    known = metadata(region)
    return known.leading_digits or f"(?:{known.mobile.national_number_pattern})$"


def trunk_of(region: Any) -> str:
    """What is dialled before a national number: the prefix and what the rules add to it (8 and 0 in Belarus)."""
    prefix = region.national_prefix or ""
    rules = [re.sub(r"\\1|\D", "", each.national_prefix_formatting_rule or "") for each in region.number_format]
    return max((digits for digits in rules if prefix and digits.startswith(prefix)), key=len, default=prefix)


def formats(region: Any) -> Iterator[Format]:
    international = {(each.pattern, leading(each)): each.format for each in region.intl_number_format}
    for each in region.number_format:
        outer = international.get((each.pattern, leading(each)), "" if region.intl_number_format else each.format)
        for sizes in group_sizes(each.pattern, set(region.mobile.possible_length)):
            forms = with_trunk(each, region), without_trunk(each), outer
            number_format = Format(leading(each), *(template(form, sizes) for form in forms))
            if any(number_format[1:]):
                yield number_format


def leading(each: Any) -> str:
    """The most specific pattern for the first digits of the number."""
    return str(each.leading_digits_pattern[-1]) if each.leading_digits_pattern else ""


def with_trunk(each: Any, region: Any) -> str:
    rule = each.national_prefix_formatting_rule or ""
    if has_digits(rule):
        return ruled(each, rule)
    return f"{trunk_of(region)} {each.format}" if region.national_prefix else ""


def without_trunk(each: Any) -> str:
    rule = each.national_prefix_formatting_rule or ""
    return str(each.format) if not rule or has_digits(rule) else ruled(each, rule)


def has_digits(rule: str) -> bool:
    return bool(re.sub(r"\\1|\D", "", rule))


def ruled(each: Any, rule: str) -> str:
    """The format with its first group replaced by the rule."""
    return str(each.format).replace(r"\1", rule, 1)


def group_sizes(pattern: str, lengths: set[int]) -> Iterator[list[int]]:
    """The sizes of the groups for each possible length of a mobile number; the first groups are as large as possible."""
    bounds = [(int(least or 1), int(greatest or least or 1)) for least, greatest in GROUP.findall(pattern)]
    for length in sorted(lengths):
        spare = length - sum(least for least, _ in bounds)
        sizes = []
        for least, greatest in bounds:
            extra = min(max(spare, 0), greatest - least)
            sizes.append(least + extra)
            spare -= extra
        if spare == 0:
            yield sizes


def template(form: str, sizes: list[int]) -> str:
    r"""`(\1) \2` with sizes 3 and 4 is `(###) ####`; "" if it moves or drops groups."""
    if [int(group) for group in re.findall(r"\\(\d)", form)] != list(range(1, len(sizes) + 1)):
        return ""
    return re.sub(r"\\(\d)", lambda group: "#" * sizes[int(group[1]) - 1], form)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
