from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Professionnels de santé"

    def ready(self):
        from members import personal_data, roles, services

        personal_data.register("compte", export=services.export, erase=services.erase, purge=services.purge)
        personal_data.register("rôles", export=roles.export, erase=roles.erase, purge=roles.purge)
