"""What a form says when Django would speak: short, in plain words, without "valid" and "required"."""

import pytest
from django import forms


class Form(forms.Form):
    name = forms.CharField(max_length=5)
    email = forms.EmailField()
    door = forms.ChoiceField(choices=[("open", "Open")])
    adult = forms.BooleanField()


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("name", "", "Fill this in."),
        ("name", "Robin Redbreast", "That is 15 characters. At most 5 can be kept."),
        ("email", "nowhere", "That doesn’t look like an e-mail address."),
        ("door", "", "Choose one."),
        ("door", "shut", "That can’t be chosen anymore. Choose another."),
        ("adult", "", "Check this box to continue."),
    ],
)
def test_every_form_speaks_plainly(field, given, said):
    assert Form({field: given}).errors[field] == [said]


def test_a_form_of_a_library_does_too(client_of, alice):
    """One that was read before our sentences were there, and kept Django's."""
    form = client_of(alice).post("/accounts/password/change/", {}).context["form"]
    assert form.errors == {"oldpassword": ["Fill this in."], "password1": ["Fill this in."]}
