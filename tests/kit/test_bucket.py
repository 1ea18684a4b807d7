"""MAINSTAY_S3_URL where it cannot be meant: one sentence, and never a key in it."""

import pytest

from community.kit.ops import environ


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://kes:trel@s3.example.org", "not whole"),
        ("https://s3.example.org/bucket", "not whole"),
        ("https://kes@s3.example.org/bucket", "not whole"),
        ("https://kes:trel@s3.example.org/bucket/folder", "not whole"),
        ("s3://kes:trel@bucket", "not whole"),
        ("kes:trel", "not whole"),
        ("https://kes:tr/el@s3.example.org/bucket", "cannot be read"),
        ("https://kes:trel@s3.example.org/bucket?regoin=eu-1", "more than it can"),
        ("https://kes:trel@s3.example.org/bucket#1", "more than it can"),
    ],
)
def test_half_of_an_address_is_refused(monkeypatch, url, told):
    """Uploads that go nowhere, or to a folder of the machine that no backup knows."""
    monkeypatch.setenv("MAINSTAY_S3_URL", url)
    with pytest.raises(SystemExit) as stopped:
        environ.bucket()
    said = str(stopped.value)
    assert "MAINSTAY_S3_URL" in said and told in said and "kes" not in said and "trel" not in said


def test_a_whole_one_is_taken_apart(monkeypatch):
    monkeypatch.setenv("MAINSTAY_S3_URL", "https://kes:tr%2Fel@s3.example.org:9000/centre?region=eu-1")
    assert environ.bucket() == {
        "access_key": "kes", "secret_key": "tr/el", "bucket_name": "centre", "endpoint_url": "https://s3.example.org:9000",
        "region_name": "eu-1",
    }  # fmt: skip
    monkeypatch.setenv("MAINSTAY_S3_URL", "")
    assert environ.bucket() == {}
