"""Filters that show what is stored as people read it, and the address at which all find a public page."""

from django import template

from community.kit.text import addresses
from community.kit.web.public_views import absolute_url

register = template.Library()
register.filter(addresses.readable)
register.simple_tag(absolute_url)
