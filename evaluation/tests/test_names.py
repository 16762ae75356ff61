"""What is flagged in a written answer before others read it: too much rather than too little."""

import pytest

from evaluation.names import Kind, Known, flags, fold, known_words, pieces, replaced

KNOWN = known_words(
    first_names=["Camille", "Marie-Hélène", "Rose"],
    last_names=["Petit", "Laurent"],
    places=["Saint-Paul", "L’Étang-Salé", "Tours", "Maison de santé des Flamboyants"],
    plain=["Infirmier, infirmière", "Café des Soignants", "Yoga"],
)


def shown(text, known=KNOWN):
    return replaced(text, flags(text, known))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Merci à camille pour l’accueil.", "Merci à [prénom] pour l’accueil."),
        ("marie hélène nous a écoutés", "[prénom] [prénom] nous a écoutés"),
        ("Camille était là", "[prénom] était là"),
        ("La rose du jardin, un petit groupe.", "La rose du jardin, un petit groupe."),
        ("avec Rose et Madame Petit", "avec [prénom] et [personne]"),
        ("le dr payet m’a dit", "le [personne] m’a dit"),
        ("Le Dr. J. Hoareau et M. Grondin", "Le [personne] et [personne]"),
        ("je me sens mieux pr venir, le Pr Hoareau aussi", "je me sens mieux pr venir, le [personne] aussi"),
        ("le docteur est venu, la dr est partie", "le docteur est venu, la dr est partie"),
        ("Je viens de st-paul, de Saint Paul", "Je viens de [lieu], de [lieu]"),
        ("le groupe de l’etang-salé", "le groupe de [lieu]"),
        ("Deux tours de parole à Tours", "Deux tours de parole à [lieu]"),
        ("à la maison de santé des flamboyants", "à la [lieu]"),
        ("Écrivez à jean.d@exemple.fr ou au 06 92 12 34 56.", "Écrivez à [adresse e-mail] ou au [numéro]."),
        ("+262 692 12 34 56, voir www.exemple.fr/moi", "[numéro], voir [adresse web]"),
        ("au 12 bis rue des lilas, derrière", "au [adresse], derrière"),
        ("mon cabinet rue du Général de Gaulle", "mon cabinet [adresse] de [nom]"),
        ("La collègue d’Hortense. Elle le dit", "La collègue d’[nom]. Elle le dit"),
        ("On a vu DUPONT à la CPTS.", "On a vu [nom] à la CPTS."),
        ("Trop tard le Mardi, mais le Yoga au Café des Soignants !", None),
        ("Une Infirmière le disait :\n- Bien\n- Moins bien", None),
        ("TRES BIEN MERCI", None),
        ("3 séances en 2025, de 18 h à 20 h 30, 10 € chacune", None),
        ("", None),
    ],
)
def test_names_and_places_are_taken_out_and_words_are_left(text, clean):
    assert shown(text) == (text if clean is None else clean)


def test_pieces_put_together_are_the_text():
    text = "Merci à Camille, de Saint-Paul.\nJ’y retourne avec Zoé."
    cut = pieces(text, flags(text, KNOWN))

    assert "".join(piece.text for piece in cut) == text
    assert [(piece.text, piece.kind) for piece in cut if piece.kind] == [
        ("Camille", Kind.FIRST_NAME),
        ("Saint-Paul", Kind.PLACE),
        ("Zoé", Kind.CAPITAL),
    ]


def test_folding_keeps_every_place_in_the_text():
    text = "Œuvre İstanbul ﬁn ß Été—l’été n°1 😀 e\u0301"

    assert len(fold(text)) == len(text)


@pytest.mark.parametrize("text", ["A" * 5000, "a-" * 2500, "1 " * 2500, "rue " * 1250, "Dr " * 1600, "@" * 5000])
def test_the_longest_answer_is_read_in_no_time(text):
    flags(text, Known())
