"""What the editor shows of an article's review: a panel beside the form, and the words on its buttons and in its history."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.log_actions import LogFormatter

from ..library.hints import lines_of
from ..library.review_requests import last_answer
from ..models import Entry
from .wagtail_internals import BaseSidePanel


class ReviewPanel(BaseSidePanel):
    """Who reviewed the newest words of an article, who was asked to, and what a reviewer noted."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle review")
        icon_name = "clipboard-list"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"count": self.panel.count}

    name = "review"
    title = _("Review")
    template_name = "cms/review_panel.html"
    order = 150  # after the status

    def __init__(self, article: Entry, request: Any) -> None:
        super().__init__(article, request)
        self.request_for_review = article.current_workflow_state
        self.answer = last_answer(article)
        self.notes: list[tuple[int, Any, str, str]] = []
        if self.answer and (texts := {note.part: note.text for note in self.answer.notes.all()}):
            parts = enumerate(self.answer.revision.as_object().body, 1)
            self.notes = [(number, part, lines_of(str(part)), texts[part.id]) for number, part in parts if part.id in texts]
        self.count = len(self.notes) if self.request_for_review else 0

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"article": self.object, "asked": self.request_for_review, "answer": self.answer, "notes": self.notes}


# In the history of an article: what each step is called in the filter, and what it says there.
STEPS = {
    "start": (_("Review asked for"), _("Asked for a review")),
    "resume": (_("Review asked for again"), _("Asked for another review")),
    "approve": (_("Reviewed"), _("Reviewed it")),
    "reject": (_("Sent back"), _("Sent it back")),
    "cancel": (_("Request taken back"), _("Took the request for a review back")),
}


class StepOfReview(LogFormatter):
    """A step of a review in the history, with what the reviewer said."""

    def format_comment(self, log_entry: Any) -> str:
        return str(log_entry.data.get("comment", ""))


def say_what_was_reviewed(actions: Any) -> None:
    """Put our words for the steps of a review in the place of Wagtail's, which speak of workflows and tasks."""
    words = {f"wagtail.workflow.{step}": {"label": label, "message": message} for step, (label, message) in STEPS.items()}
    actions.choices[:] = [choice for choice in actions.choices if choice[0] not in words]
    for action, said in words.items():
        actions.register_action(action)(type(StepOfReview.__name__, (StepOfReview,), said))


class AskForReview(ActionMenuItem):
    name = "action-submit"
    label = _("Ask for a review")
    icon_name = "resubmit"


class TakeBack(ActionMenuItem):
    name = "action-cancel-workflow"
    label = _("Take the request back")
    icon_name = "arrow-left"


IN_OUR_WORDS: dict[str, type[ActionMenuItem]] = {item.name: item for item in (AskForReview, TakeBack)}
AGAIN = "action-restart-workflow"  # for what was sent back, a second button that asks for a review


def in_our_words(items: list[Any], page: Any) -> list[Any]:
    """The actions of the form of `page`, where Wagtail's workflow is called what it is here: a review. Other pages have none."""
    left_out = {AGAIN} if page is None or isinstance(page, Entry) else {AGAIN, *IN_OUR_WORDS}
    if page is not None and not page.workflow_in_progress:
        left_out.add(TakeBack.name)  # what was sent back is the writer's already
    shown = [item for item in items if item.name not in left_out]
    return [IN_OUR_WORDS[item.name](order=item.order) if item.name in IN_OUR_WORDS else item for item in shown]
