"""What people of the demonstration wrote: nobody's words, without a name. With each, the headings it belongs under."""

PLACE, HOST, MOMENT, TIMES, AGAIN = "Le lieu", "L’animation", "La convivialité", "Les horaires", "À refaire"
WORDS = [
    ("Merci, je suis rentrée plus légère.", [HOST]),
    ("Le quart d’heure autour d’une tisane compte autant que la séance.", [MOMENT]),
    ("Très bien mené, sans jamais se prendre au sérieux.", [HOST]),
    ("19 h 30, c’est trop tôt quand on finit les visites à 20 h.", [TIMES]),
    ("À refaire, une fois par mois serait parfait.", [AGAIN]),
    ("La salle était un peu froide, prévoyez des couvertures.", [PLACE]),
    ("J’ai enfin mis un visage sur des collègues que je n’avais qu’au téléphone.", [MOMENT]),
    ("Un samedi matin de temps en temps, ce serait plus simple avec les enfants.", [TIMES]),
    ("On ose dire que c’est dur, et personne ne juge.", [MOMENT]),
    ("Difficile de se garer, indiquez le parking derrière la maison de santé.", [PLACE]),
    ("Une reprise le trimestre prochain, s’il vous plaît.", [AGAIN]),
    ("L’animation était claire, on repart avec des gestes à refaire chez soi.", [HOST, AGAIN]),
    ("Séance un peu courte, on commence à peine à se poser.", [TIMES]),
    ("Rien à ajouter, merci à l’équipe.", []),
]
LIKED = [
    "Le calme, et de ne rien avoir à produire.",
    "Bouger avec d’autres soignants, cela change de courir seule.",
    "Les explications simples, tout le monde pouvait suivre.",
    "Il a manqué un temps pour poser des questions.",
    "L’accueil dès la porte.",
    "De rire, tout bêtement.",
]
CHANGE = [
    "Commencer dix minutes plus tard.",
    "Un peu moins de monde.",
    "Un vestiaire serait bienvenu.",
    "Envoyer un rappel la veille.",
    "Plus d’exercices à refaire chez soi.",
]
IDEAS = [
    "Un groupe de parole entre professions, le soir, sans ordre du jour.",
    "Des séances courtes à l’heure du déjeuner.",
    "Garder la confidentialité, c’est la seule condition.",
    "Faites-le savoir : dans mon cabinet personne ne connaît le projet.",
    "Un temps d’accueil pour ceux qui s’installent.",
    "Une liste de médecins qui suivent des soignants.",
    "Aidez-nous à trouver des remplaçants, le reste viendra.",
    "Ouvrez aussi aux salariés des cabinets.",
    "Un lieu neutre, hors de l’hôpital et des cabinets.",
    "Des ateliers sur la violence au cabinet.",
    "Ne pas en faire une obligation de plus.",
    "Un café debout, une demi-heure, suffit parfois.",
    "Parler d’argent et de charges, cela pèse aussi.",
    "Une marche le dimanche matin.",
]
OBSTACLES = [
    "Le temps, toujours le temps.",
    "La peur de croiser quelqu’un que je connais.",
    "Je ne me sens pas légitime, d’autres vont plus mal.",
    "La distance : quarante minutes de route.",
    "La garde des enfants le soir.",
    "Dans une petite ville tout se sait.",
    "Je préfère en parler hors du milieu.",
    "Je n’ai pas de remplaçant.",
    "Je ne saurais pas quoi dire.",
    "Rien en particulier, l’habitude de ne pas demander.",
    "Les horaires de mes tournées.",
    "J’attends de voir qui y va.",
]
HELP = [
    "Pouvoir poser une semaine sans chercher un remplaçant pendant deux mois.",
    "Dormir.",
    "Un médecin qui ne soit pas un ami.",
    "Moins de tâches administratives.",
    "Voir mes collègues ailleurs qu’entre deux portes.",
    "Une activité physique régulière, à une heure possible.",
    "Savoir à qui parler d’une erreur.",
    "Un vrai temps de repas.",
    "Que l’on nous dise merci de temps en temps.",
    "Continuer la marche du samedi.",
    "Apprendre à dire non.",
    "Un soutien quand un patient meurt.",
]
