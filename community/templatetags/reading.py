"""Filters that show what is stored as people read it."""

from django import template

from community.kit.text import addresses

register = template.Library()
register.filter(addresses.readable)
