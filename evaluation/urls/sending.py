from django.urls import path

from evaluation.views import sending

urlpatterns = [
    path("<int:pk>/envois/", sending.SendingsView.as_view(), name="survey_sending"),
    path("<int:pk>/envois/liste/", sending.ToListView.as_view(), name="survey_sending_list"),
    path("<int:pk>/envois/<int:sending>/arreter/", sending.EndView.as_view(), name="survey_sending_end"),
]
