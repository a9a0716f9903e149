"""This file holds the own profile and the tokens over HTTP."""

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from events.viewsets import StrictViewSet
from users.allowances import Limit
from users.authentication import SCHEME, signed_in
from users.personal_data.erasure import LastSuperuser, erase
from users.personal_data.export import exported, whole_file
from users.serializers import (
    CredentialsSerializer,
    ErasureSerializer,
    ExportSerializer,
    ProfileSerializer,
    TokenSerializer,
)
from users.signing_in import address_of, attempt

# Of a person with a million rows it takes a thread for half a minute.
_EXPORTS = Limit("export", 6)


class Conflict(APIException):
    """What is asked for would leave things in a state that is not allowed: 409."""

    status_code = 409


class UserViewSet(StrictViewSet):
    """The user who is signed in."""

    @extend_schema(responses=ProfileSerializer, operation_id="users_me_retrieve")
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Return the own profile."""
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(request=ProfileSerializer, responses=ProfileSerializer, operation_id="users_me_update")
    @me.mapping.patch
    def change_me(self, request: Request) -> Response:
        """Change what is sent of the own profile: displayName, interests, latitude, longitude, personalRanking."""
        profile = ProfileSerializer(request.user, data=request.data, partial=True)
        profile.is_valid(raise_exception=True)
        profile.save()
        return Response(profile.data)

    @extend_schema(
        request=ErasureSerializer, operation_id="users_me_destroy",
        responses={
            204: OpenApiResponse(description="The user and all that was known about them are gone."),
            409: OpenApiResponse(description="This is the last superuser."),
        },
    )  # fmt: skip
    @me.mapping.delete
    def erase_me(self, request: Request) -> Response:
        """Erase oneself with all interactions, tokens, sessions and whatever else is known; it cannot be undone.

        The last active superuser is refused: nobody could make another.
        """
        user, asked = signed_in(request), ErasureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        per_minute = settings.SIGN_INS_PER_MINUTE
        with attempt(address_of(request._request), user.username, per_minute=per_minute, now=timezone.now()):
            if not user.check_password(asked.validated_data["password"]):
                raise ValidationError({"password": ["This is not your password. Without one, ask staff to erase you."]})
        try:
            erase(user)
        except LastSuperuser as error:
            raise Conflict(str(error)) from error
        logout(request._request)
        return Response(status=204)

    @extend_schema(responses=ExportSerializer, operation_id="users_me_export")
    @action(detail=False, url_path="me/export")
    def export(self, request: Request) -> FileResponse:
        """Return all that is known about the user, as one JSON file: a list for each table with rows about them."""
        user, now = signed_in(request), timezone.now()
        _EXPORTS.spend(str(user.pk), now=now)
        user.refresh_from_db()
        file = whole_file(exported(user, now))
        return FileResponse(
            file, as_attachment=True, filename=f"marquee-{user.pk}.json", content_type="application/json"
        )


class TokenCreationViewSet(StrictViewSet):
    """Tokens for those who have none yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401: nobody is asked for a token here, and yet 403 would be wrong."""
        return SCHEME

    @extend_schema(request=CredentialsSerializer, responses={201: TokenSerializer}, auth=[])
    def create(self, request: Request) -> Response:
        """Exchange username and password for a token."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        username, per_minute = credentials.validated_data["username"], settings.SIGN_INS_PER_MINUTE
        with attempt(address_of(request._request), username, per_minute=per_minute, now=timezone.now()):
            user = authenticate(request._request, **credentials.validated_data)
            if user is None:
                raise AuthenticationFailed("Username or password is wrong, or the account is not active.")
        row, token = AuthToken.objects.create(user)
        return Response(TokenSerializer({"token": token, "expiresAt": row.expiry}).data, status=201)


class CurrentTokenViewSet(StrictViewSet):
    """The token of the request itself."""

    @extend_schema(responses={204: OpenApiResponse(description="The token is revoked.")})
    def destroy(self, request: Request) -> Response:
        """Revoke the token that this request was made with."""
        if not isinstance(request.auth, AuthToken):
            raise ValidationError({"Authorization": ["This request was made with a session, not with a token."]})
        request.auth.delete()
        return Response(status=204)
