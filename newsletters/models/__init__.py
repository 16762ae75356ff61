from newsletters.models.letters import Block, LetterDelivery, LetterImage, Newsletter
from newsletters.models.subscribers import Bounce, Departure, Subscriber

__all__ = ["Block", "Bounce", "Departure", "LetterDelivery", "LetterImage", "Newsletter", "Subscriber"]
