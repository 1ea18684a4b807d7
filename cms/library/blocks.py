"""The blocks that an article is made of: few, each with a picture of itself in the editor."""

import re
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.template.defaultfilters import linebreaksbr
from django.utils.html import escape, strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.rich_text import RichText

from community.centre.models import centre
from community.kit.text.seen import holds_something

from ..admin.wagtail_internals import RichTextBlockComparison
from .headings import anchored

HEADINGS = ["h2", "h3"]
TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Names the part that follows. With more than five, the article gets a list of contents.")
        preview_value = "What helps in the first weeks"
        template = "cms/blocks/heading.html"


class RequiredTextBlock(blocks.RichTextBlock):
    """Rich text that needs words where it is required: Wagtail takes an empty paragraph for text."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if self.required and not holds_something(unescape(strip_tags(text.source))):
            raise ValidationError(self.field.error_messages["required"], code="required")
        return text

    def get_comparison_class(self) -> type[RichTextBlockComparison]:
        return TextComparison


class TextComparison(RichTextBlockComparison):
    """Shows what changed in a text with its paragraphs, headings and items on lines of their own: Wagtail runs them together."""

    def htmlvalue(self, val: Any) -> str:
        return linebreaksbr(super().htmlvalue(_in_lines(val)))

    def htmldiff(self) -> str:
        lines = RichTextBlockComparison(self.block, self.exists_a, self.exists_b, _in_lines(self.val_a), _in_lines(self.val_b))
        return linebreaksbr(lines.htmldiff())


def _in_lines(text: Any) -> RichText | None:
    return text and RichText(END_OF_LINE.sub("\n", text.source))


END_OF_LINE = re.compile(r"(?<![uo]l>)(?=</(?:p|h[1-6]|li|blockquote)>)|(?<=[^>])(?=<[uo]l>)|(?<=<br/>)")
DECONSTRUCT_ALIASES = {RequiredTextBlock: "wagtail.blocks.RichTextBlock"}  # migrations name Wagtail's, as what is stored is the same


class TextBlock(RequiredTextBlock):
    """A text that may have headings of its own."""

    def __init__(self, *, features: list[str], **kwargs: Any) -> None:
        super().__init__(features=[*HEADINGS, *features], **kwargs)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give each heading of the text its anchor, where the page that shows it has named the text's own."""
        context = super().get_context(value, parent_context=parent_context)
        part = context.get("part")
        return context | {"html": anchored(str(value), part.anchor) if part else value}

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, lists and headings, with bold, italics and links.")
        preview_value = "<p>Most people find the evenings <b>longer</b> at first. A plan for one hour is enough to begin with.</p>"
        template = "cms/blocks/text.html"


class DescribedImageBlock(ImageBlock):
    """Wagtail's choice of an image, with our words for its description, and a limit that it asks for too."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:
        description = blocks.CharBlock(
            label=_("Description for people who can't see it"), required=False, max_length=250,
            help_text=_("What the image shows, in one sentence. A screen reader reads this out."),
        )  # fmt: skip
        decorative = blocks.BooleanBlock(
            label=_("It is decoration"), required=False, help_text=_("Nothing is missing for somebody who doesn't see it.")
        )
        image = ImageChooserBlock(label=_("Image"), required=required)
        super(ImageBlock, self).__init__([("image", image), ("alt_text", description), ("decorative", decorative)], **kwargs)

    def bulk_to_python(self, values: Any) -> list[Any]:
        """The images, with the sizes that are drawn of them: in one query, however many a page shows."""
        images: list[Any] = super().bulk_to_python(values)
        prefetch_related_objects([image for image in images if image], "renditions")
        return images

    def clean(self, value: Any) -> Any:
        """Raises StructBlockValidationError for an image that is missing, or that is to be published without a description."""
        errors = {}
        for name, part in (("image", value), ("alt_text", value and value.contextual_alt_text)):
            try:
                self.child_blocks[name].clean(part)
            except ValidationError as error:
                errors[name] = error
        is_described = not value or value.contextual_alt_text or value.decorative
        if not is_described and not self.is_deferred_validation:
            errors["alt_text"] = ValidationError(_("Describe the image in a sentence, or say that it is decoration."))
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return value

    class Meta:
        icon = "image"


class PictureBlock(blocks.StructBlock):
    """A picture. The editor calls it an image throughout, because Wagtail does in a hundred places; to members it is a picture."""

    image = DescribedImageBlock(label=_("What it shows"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Image")
        description = _("An image with a description and, if you like, a caption.")
        preview_value = {"image": None, "caption": "A cup on a kitchen table, early in the morning"}
        template = "cms/blocks/picture.html"


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        label=_("Kind"), choices=[("note", _("Good to know")), ("caution", _("Take care")), ("danger", _("Danger to life"))], default="note"
    )
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=100)
    text = RequiredTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        icon = "warning"
        label = _("Callout")
        description = _("A few lines set apart: good to know, take care, or danger to life.")
        preview_value = {"tone": "caution", "heading": "After a pause", "text": "<p>The body is no longer used to the same amount.</p>"}
        template = "cms/blocks/callout.html"


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=100)
    steps = blocks.ListBlock(RequiredTextBlock(features=["bold", "italic", "link"]), label=_("Steps"), min_num=2)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("Things to do one after another, numbered.")
        preview_value = {"heading": "When an evening is hard", "steps": ["<p>Drink a glass of water.</p>", "<p>Message one person.</p>"]}
        template = "cms/blocks/steps.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quote"), rows=3)
    source = blocks.CharBlock(label=_("Who said or wrote it"), max_length=150)
    url = blocks.URLBlock(label=_("Where it can be read"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Somebody else's words, with who said them.")
        preview_value = {"text": "I kept the chair by the window for the bad days.", "source": "A member, with their consent", "url": ""}
        template = "cms/blocks/quote.html"


class HelpLinesBlock(blocks.StaticBlock):
    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        return context | {"centre": centre()}

    class Meta:
        icon = "mobile-alt"
        label = _("Help lines")
        description = _("The national lines and the center's own, always as they are set now.")
        admin_text = _("Shows the help lines from the center's settings.")
        template = "cms/blocks/help_lines.html"
        preview_value = None


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("What the link says"), max_length=150)

    class Meta:
        icon = "doc-full"
        label = _("Document")
        description = _("A file to download, for those who may see this article.")
        preview_value = {"document": None, "title": "A plan for one week (PDF)"}
        template = "cms/blocks/document.html"


class LockedStreamBlock(blocks.StreamBlock):
    """A stream that one thread validates at a time.

    While Wagtail validates a draft it marks the blocks themselves as not required, and all threads share them: a page published at
    that moment would be checked for nothing.
    """

    _lock = threading.RLock()

    def clean(self, value: Any) -> Any:
        with self._lock:
            return super().clean(value)

    def clean_deferred(self, value: Any) -> Any:
        with self._lock:
            return super().clean_deferred(value)


class BodyBlock(LockedStreamBlock):
    heading = HeadingBlock(max_length=120)
    text = TextBlock(features=TEXT_FEATURES)
    picture = PictureBlock()
    callout = CalloutBlock()
    steps = StepsBlock()
    quote = QuoteBlock()
    help_lines = HelpLinesBlock()
    document = DocumentBlock()


class SourceBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200, help_text=_("What it is and who published it."))
    url = blocks.URLBlock(label=_("Address"))
    opened = blocks.DateBlock(label=_("Opened on"), help_text=_("The day you read it there."))

    class Meta:
        icon = "link"
        label = _("Source")
        description = _("Where a statement in the article comes from.")
        preview_value = {"title": "Naloxone, World Health Organization", "url": "https://www.who.int/", "opened": "2026-11-23"}
        template = "cms/blocks/source.html"


class SourcesBlock(LockedStreamBlock):
    source = SourceBlock()


def writing_in(block: blocks.Block, value: Any) -> Iterator[str]:
    """The words of `value` that whoever edits it wrote, as pieces of HTML: not what it quotes."""
    if not value or isinstance(block, QuoteBlock):
        return
    if isinstance(block, blocks.RichTextBlock):
        yield value.source
    elif isinstance(block, blocks.CharBlock):
        yield escape(value)
    elif isinstance(block, ImageBlock):
        yield escape(value.contextual_alt_text or "")
    elif isinstance(value, blocks.StructValue):
        for name, child in block.child_blocks.items():
            yield from writing_in(child, value.get(name))
    elif isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        for child in value if isinstance(block, blocks.StreamBlock) else value.bound_blocks:
            yield from writing_in(child.block, child.value)
