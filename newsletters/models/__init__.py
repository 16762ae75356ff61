from newsletters.models.letters import Block, LetterDelivery, LetterImage, Newsletter
from newsletters.models.reminders import LetterSettings, SessionReminder
from newsletters.models.subscribers import Bounce, Departure, Subscriber

__all__ = [
    "Block",
    "Bounce",
    "Departure",
    "LetterDelivery",
    "LetterImage",
    "LetterSettings",
    "Newsletter",
    "SessionReminder",
    "Subscriber",
]
