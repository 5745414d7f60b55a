from django.contrib.auth import views as auth
from django.urls import path

from spellhub.accounts import views
from spellhub.accounts.views import FOLDER

forgotten = views.Forgotten.as_view()

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password/",
        auth.PasswordChangeView.as_view(template_name=f"{FOLDER}/password.html"),
        name="password_change",
    ),
    path(
        "password/done/",
        auth.PasswordChangeDoneView.as_view(template_name=f"{FOLDER}/password_done.html"),
        name="password_change_done",
    ),
    path("forgotten/", forgotten, name="password_reset"),
    # By this name the admin's own sign-in page looks for it.
    path("forgotten/", forgotten, name="admin_password_reset"),
    path(
        "forgotten/sent/",
        auth.PasswordResetDoneView.as_view(template_name=f"{FOLDER}/forgotten_sent.html"),
        name="password_reset_done",
    ),
    path(
        "new-password/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(template_name=f"{FOLDER}/new_password.html"),
        name="password_reset_confirm",
    ),
    path(
        "new-password/done/",
        auth.PasswordResetCompleteView.as_view(template_name=f"{FOLDER}/password_done.html"),
        name="password_reset_complete",
    ),
]
