"""A centre's own colors: kept where words in them can be read, refused at the field with the ratio where not."""

import pytest
from django.core.exceptions import ValidationError

from community.centre.branding import colors
from community.centre.models import Centre

FIELDS = ("primary_light", "primary_dark", "accent_light", "accent_dark")


@pytest.mark.parametrize("one, other, ratio", [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#1f5f5b", "#fbf8f3", 6.96)])
def test_the_ratio_is_wcags(one, other, ratio):
    """A formula that is nearly right lets through what nobody can read; the values are those of WCAG's own examples and of tokens.css."""
    assert round(colors.contrast(one, other), 2) == round(colors.contrast(other, one), 2) == ratio


def test_our_own_colors_pass_their_own_rule():
    """A rule that refuses the colors of the house is about another page than ours; and the tokens must be found in the file."""
    ours = colors.page()
    for field in FIELDS:
        kind, scheme = field.split("_")[0], colors.DARK if field.endswith("dark") else colors.LIGHT
        colors.check(kind, ours[kind][scheme], scheme)


@pytest.mark.parametrize(
    "field, color, says",
    [
        ("primary_light", "#7ccfc6", "darker"),
        ("primary_light", "#8a8a8a", "darker"),
        ("primary_dark", "#1f5f5b", "lighter"),
        ("accent_light", "#f2b84b", "darker"),
        ("accent_dark", "#5a2a10", "lighter"),
    ],
)
def test_a_color_that_cannot_be_read_is_refused_at_its_field_with_the_ratio(field, color, says):
    with pytest.raises(ValidationError) as refused:
        Centre(**{field: color}).full_clean()
    assert list(refused.value.message_dict) == [field]
    [sentence] = refused.value.message_dict[field]
    scheme = colors.DARK if field.endswith("dark") else colors.LIGHT
    worst = min(pair.ratio for pair in colors.pairs(field.split("_")[0], color, scheme))
    assert f"{int(worst * 100) / 100:.2f} : 1" in sentence and "4.5 : 1" in sentence and says in sentence


@pytest.mark.parametrize("color", ["teal", "#123", "#12345g", "1f5f5b", "url(//x)", "#1f5f5b;"])
def test_what_is_no_color_is_refused(color):
    """It would stand in a stylesheet that every page loads."""
    with pytest.raises(ValidationError, match="six digits"):
        Centre(primary_light=color).full_clean()


@pytest.mark.parametrize("scheme", [colors.LIGHT, colors.DARK])
def test_whatever_passes_keeps_every_pair_readable(scheme):
    """A tint, a hover or the words of a button, computed from a color that passed, on which something cannot be read."""
    steps = range(0, 256, 51)
    passed = 0
    for color in (f"#{red:02x}{green:02x}{blue:02x}" for red in steps for green in steps for blue in steps):
        try:
            colors.check("primary", color, scheme)
        except ValidationError:
            continue
        passed += 1
        tokens = colors.page() | {name: (value, value) for name, value in colors.tokens_of("primary", color, scheme).items()}
        for words, ground in (("on-primary", "primary"), ("on-primary", "primary-hover"), ("ink-2", "own"), ("link", "own"),
                              ("ink", "primary-tint"), ("primary", "paper"), ("primary", "surface")):  # fmt: skip
            assert colors.contrast(tokens[words][scheme], tokens[ground][scheme]) >= 4.5, (color, words, ground)
    assert passed > 20
