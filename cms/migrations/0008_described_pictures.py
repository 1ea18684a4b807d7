"""A picture in an article becomes Wagtail's ImageBlock, with its description and "decoration" in it: in all articles and versions.

Reviews stay valid: a fingerprint is of the form from before (`reviews.py`).
"""

from typing import Any

import wagtail.fields
from django.db import migrations
from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import BaseBlockOperation

CHUNK = 200


class DescribeInside(BaseBlockOperation):
    """Puts the description of a picture block into the choice of its image. What is so already stays."""

    def apply(self, block_value: dict[str, Any]) -> dict[str, Any]:
        if isinstance(block_value.get("image"), dict):
            return block_value
        image = {"image": block_value.get("image"), "alt_text": block_value.get("alt", ""), "decorative": False}
        return {"image": image, "caption": block_value.get("caption", "")}

    @property
    def operation_name_fragment(self) -> str:
        return "describe_inside"


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0007_any_kind_of_entry_compatible'),
    ]

    operations = [
        MigrateStreamData("cms", "articlepage", "body", [(DescribeInside(), "picture")], chunk_size=CHUNK),
        migrations.AlterField(
            model_name='articlepage',
            name='body',
            field=wagtail.fields.StreamField([('heading', 0), ('text', 1), ('picture', 4), ('callout', 8), ('steps', 11), ('quote', 15), ('help_lines', 16), ('document', 19)], block_lookup={0: ('cms.library.blocks.HeadingBlock', (), {'max_length': 120}), 1: ('cms.library.blocks.TextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.images.blocks.ImageBlock', [], {'label': 'What it shows'}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 250, 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('image', 2), ('caption', 3)]], {}), 5: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('note', 'Good to know'), ('caution', 'Take care'), ('danger', 'Danger to life')], 'label': 'Kind'}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 100, 'required': False}), 7: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul'], 'label': 'Text'}), 8: ('wagtail.blocks.StructBlock', [[('tone', 5), ('heading', 6), ('text', 7)]], {}), 9: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link']}), 10: ('wagtail.blocks.ListBlock', (9,), {'label': 'Steps', 'min_num': 2}), 11: ('wagtail.blocks.StructBlock', [[('heading', 6), ('steps', 10)]], {}), 12: ('wagtail.blocks.TextBlock', (), {'label': 'Quote', 'rows': 3}), 13: ('wagtail.blocks.CharBlock', (), {'label': 'Who said or wrote it', 'max_length': 150}), 14: ('wagtail.blocks.URLBlock', (), {'label': 'Where it can be read', 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('text', 12), ('source', 13), ('url', 14)]], {}), 16: ('cms.library.blocks.HelpLinesBlock', (), {}), 17: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document'}), 18: ('wagtail.blocks.CharBlock', (), {'label': 'What the link says', 'max_length': 150}), 19: ('wagtail.blocks.StructBlock', [[('document', 17), ('title', 18)]], {})}, verbose_name='article'),
        ),
    ]
