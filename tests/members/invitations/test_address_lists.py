"""Reading a pasted list or a table: every address that is meant, none that is not, and a reason for each line that holds none."""

import pytest

from community.kit import limits
from community.members.invitations.address_lists import UnreadableList, decode, read, read_numbered


def addresses(text):
    return [line.address for line in read(text) if line.address]


def reasons(text):
    return {line.number: line.reason for line in read(text) if line.reason}


@pytest.mark.parametrize(
    "text",
    [
        "jo@x.org\nkim@x.org",
        "\ufeffjo@x.org\r\nkim@x.org\r\n",
        "jo@x.org\rkim@x.org",
        "Jo <JO@x.org>\nmailto:kim@x.org",
        '"Doe, Jo" <jo@x.org>\nDoe, Kim <kim@x.org>',
        "jo@x.org,\nkim@x.org,",
        "E-Mail\njo@x.org\nkim@x.org",
        'Name;E-mail address;Phone\nJo;jo@x.org;1\n"Kim; the second";kim@x.org;2',
        "name,email,contact\nJo,jo@x.org,mum@x.org\nKim,kim@x.org,dad@x.org",
        "Name\tMail\nJo\tjo@x.org\nKim\tkim@x.org",
        'email,address\njo@x.org,"12 Main Street\nSpringfield"\nkim@x.org,"1 Side Street"',
        "\n\n  jo@x.org \n;;;\n\nkim@x.org\n",
    ],
)
def test_a_list_is_read_as_it_is_meant(text):
    """A byte order mark, a heading, a separator or somebody's mother taken for one of those to invite."""
    assert addresses(text) == ["jo@x.org", "kim@x.org"] and not reasons(text)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("jo at x.org", "no e-mail address in this line"),
        ("jo@@x.org", "like name@example.org"),
        ("jo smith@x.org", "a space before the @"),
        ("jo@x", "like name@example.org"),
        ("jürgen@x.org", "“ü” before the @"),
        ("jo@x.org; kim@x.org", "more than one address"),
        ("Jo <jo@x.org>, Kim <kim@x.org>", "more than one address"),
        ("jo@x.org kim@x.org", "more than one address"),
    ],
)
def test_a_bad_line_has_its_number_and_a_reason(line, says):
    found = reasons(f"first@x.org\n\n{line}\nlast@x.org")
    assert list(found) == [3] and says in found[3]
    assert addresses(f"first@x.org\n\n{line}\nlast@x.org") == ["first@x.org", "last@x.org"]


def test_an_address_counts_once_and_the_second_says_where_the_first_stands():
    assert reasons("jo@x.org\nkim@x.org\nJo <JO@X.ORG>") == {3: "This address stands in line 1 already."}


def test_a_quotation_that_is_never_closed_spoils_one_line():
    """One stray quotation mark that swallows the rest of the list."""
    assert addresses('"Jo <jo@x.org>\nkim@x.org\nlee@x.org') == ["jo@x.org", "kim@x.org", "lee@x.org"]


def test_a_heading_names_the_one_column_that_is_read():
    """An empty address of a newcomer replaced by that of their doctor, which stands in the same line."""
    [line] = read("name,email,doctor\nJo,,doctor@x.org")
    assert (line.address, line.attempt) == ("", "") and "no e-mail address" in line.reason
    assert read_numbered([(2, line.attempt)]) == []


def test_a_corrected_line_keeps_its_number():
    lines = read_numbered([(4, "jo@x.org"), (9, "jo@x.org"), (12, "nonsense")])
    assert [(line.number, line.address) for line in lines] == [(4, "jo@x.org"), (9, ""), (12, "")]
    assert lines[1].reason == "This address stands in line 4 already."


def test_more_lines_than_a_list_may_have_are_refused():
    assert len(read("\n".join(f"p{n}@x.org" for n in range(limits.MAX_LIST_LINES)))) == limits.MAX_LIST_LINES
    with pytest.raises(UnreadableList, match="in parts"):
        read("\n".join(f"p{n}@x.org" for n in range(limits.MAX_LIST_LINES + 1)))


@pytest.mark.parametrize(
    ("raw", "says"),
    [("jö@x.org".encode("latin-1"), "UTF-8"), ("jo@x.org".encode("utf-16"), "UTF-8"), (b"PK\x03\x04\x00", "not a text file"),
     (b"a" * (limits.MAX_LIST_BYTES + 1), "too large")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(raw, says):
    with pytest.raises(UnreadableList, match=says):
        decode(raw)


def test_a_line_as_long_as_the_list_may_be_breaks_nothing():
    """The csv module gives up on fields of more than 131,072 characters."""
    assert [line.number for line in read('"' + "a" * (limits.MAX_LIST_BYTES - 20) + '"\njo@x.org') if line.address] == [2]
