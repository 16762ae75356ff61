from cafe.mail import send


def letter(number=1, **given):
    """Write one mail to the outbox and return what send() said."""
    mail = {
        "event": "letters/hello",
        "to": f"soignante{number}@exemple.fr",
        "context": {"name": "Zoé", "url": f"https://cafe.example/inscription/jeton-{number}/"},
        "dedupe_key": f"letter-{number}",
    }
    return send(**mail | given)
