"""How an action says no."""


class Refused(Exception):
    """An action was refused. `code` is for machines (docs/protocol.md, "Errors"), the sentence for the person who tried.

    `retry_after` (seconds) is given where trying again later helps.
    """

    def __init__(self, code: str, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
