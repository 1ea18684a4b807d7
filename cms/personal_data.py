"""What the tables of the library keep of a person: its own, and those that come with Wagtail."""

from community.members.personal_data import Closing, Erasure, Export, Held, register

_worked = Closing.KEPT, Erasure.UNNAMED, Export.WORK
_unused = Closing.UNUSED, Erasure.DELETED, Export.UNUSED
_unused_unnamed = Closing.UNUSED, Erasure.UNNAMED, Export.UNUSED

register("cms.Review", reviewer=Held("Who reviewed an article as a clinician, with the name and credential they typed.", *_worked))
register(
    "cms.Rating",
    member=Held("Whether an article helped them, and what they told its editors.", Closing.DELETED, Erasure.DELETED, Export.WROTE),
)
register("cms.SavedArticle", member=Held("What they want to read later.", Closing.DELETED, Erasure.DELETED, Export.DID))
register("cms.Picture", uploaded_by_user=Held("Who uploaded a picture.", *_worked))
register("cms.LibraryDocument", uploaded_by_user=Held("Who uploaded a document.", *_worked))
register(
    "wagtailcore.Page",
    owner=Held("Who began an article.", *_worked),
    locked_by=Held("Who keeps others from changing it.", *_unused_unnamed),
)
register(
    "wagtailcore.Revision",
    user=Held("Who saved a version of an article.", *_worked),
    content=Held("Within such a version, who began the article.", Closing.KEPT, Erasure.LEFT, Export.WORK),
)
register("wagtailcore.PageLogEntry", user=Held("Who did what with an article.", Closing.KEPT, Erasure.LEFT, Export.WORK))
register(
    "wagtailcore.ModelLogEntry",
    user=Held("Who did what with a picture, a document, the settings or a text.", Closing.KEPT, Erasure.LEFT, Export.WORK),
)
register(
    "wagtailcore.UploadedFile",
    uploaded_by_user=Held("Who uploaded a file that waits for a title.", Closing.DELETED, Erasure.UNNAMED, Export.WORK),
)
register(
    "wagtailadmin.EditingSession",
    user=Held("Which page of the editor they have open.", Closing.DELETED, Erasure.DELETED, Export.WORK),
)
register(
    "wagtailadmin.FormState",
    user=Held("What they looked at in a preview and did not save.", Closing.DELETED, Erasure.DELETED, Export.WORK),
)
register(
    "wagtailcore.PageSubscription",
    user=Held("Who began an article, to be told of comments on it.", Closing.DELETED, Erasure.DELETED, Export.WORK),
)
register("wagtailusers.UserProfile", user=Held("How they set up the editor.", Closing.DELETED, Erasure.DELETED, Export.ABOUT))

# Wagtail's own pictures and documents, which ours replace.
register("wagtailimages.Image", uploaded_by_user=Held("Who uploaded a picture.", *_unused_unnamed))
register("wagtaildocs.Document", uploaded_by_user=Held("Who uploaded a document.", *_unused_unnamed))

register("wagtailcore.WorkflowState", requested_by=Held("Who asked for a review of an article.", *_worked))
register("wagtailcore.TaskState", finished_by=Held("Who answered that, with notes, or took it back.", *_worked))

# Wagtail's comments and locks are switched off.
register(
    "wagtailcore.Comment",
    user=Held("Who commented on an article.", *_unused),
    resolved_by=Held("Who resolved a comment.", *_unused_unnamed),
)
register("wagtailcore.CommentReply", user=Held("Who answered a comment.", *_unused))
