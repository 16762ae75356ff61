from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "Activités"

    def ready(self):
        from activities import todo, todo_facilitators, todo_proposals
        from activities.services import (
            facilitators,
            hours,
            importing,
            papers,
            posters,
            proposal_retention,
            retention,
            team_data,
            vouchers,
        )
        from activities.services.waiting import waiting
        from cafe import notices, pdf
        from cafe.todo import register
        from members import personal_data

        register(todo.lines)
        register(todo_proposals.lines)
        register(todo_facilitators.lines)
        notices.register(waiting)
        pdf.register(facilitators.LIST_KIND, facilitators.list_page)
        for make in (papers.attendance_sheet, papers.certificate, posters.session_poster, posters.season_poster):
            pdf.register(make.__name__, make)
        personal_data.register("inscriptions", export=retention.export, erase=retention.erase, purge=retention.purge)
        pdf.register(vouchers.KIND, vouchers.printed)
        personal_data.register("heures à indemniser", export=hours.export, erase=hours.erase, purge=hours.purge)
        personal_data.register(
            "fichiers en cours d’import", export=importing.export, erase=importing.erase, purge=importing.purge
        )
        personal_data.register(
            "propositions",
            export=proposal_retention.export,
            erase=proposal_retention.erase,
            purge=proposal_retention.purge,
        )
        personal_data.register("équipe", export=team_data.export, erase=team_data.erase, purge=team_data.purge)
