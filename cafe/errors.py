class Refusal(Exception):
    """A rule says no. Carries the French sentence shown to the person, and nothing else."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence
