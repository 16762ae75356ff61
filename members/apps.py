from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Professionnels de santé"

    def ready(self):
        from members import personal_data, services

        personal_data.register("compte", export=services.export, erase=services.erase, purge=services.purge)
