from django.urls import path

from resources.views import emergency

urlpatterns = [
    path("urgence/", emergency.EmergencyView.as_view(), name="emergency"),
    path("urgence/sw.js", emergency.worker, name="emergency_worker"),
]
