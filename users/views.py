"""Endpoints of the profile and of API tokens."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth import authenticate, logout
from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.costly import Costly, costly
from api.viewsets import StrictViewSet
from users.authentication import SCHEME, signed_in
from users.models import User
from users.personal_data.erasure import LastSuperuser, erase
from users.personal_data.export import exported
from users.rate_limits import EXPORTS, ONGOING_EXPORTS, client_address
from users.serializers import (
    CredentialsSerializer,
    ErasureSerializer,
    ExportSerializer,
    ProfileSerializer,
    TokenSerializer,
)
from users.sign_in import WRONG, count_password, count_sign_in
from users.tokens import new_token

_RENEWED_AFTER = timedelta(seconds=10)


class Conflict(APIException):
    """What is asked for would leave things in a state that is not allowed: 409."""

    status_code = 409
    default_code = "conflict"


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
        user, sent = signed_in(request), request.data
        with transaction.atomic():
            # Locked, so that latitude and longitude that two requests change at once still fit each other.
            user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
            profile = ProfileSerializer(user, data=sent, partial=True)
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
        count_password(user, now=timezone.now())
        if not user.check_password(asked.validated_data["password"]):
            raise ValidationError({"password": ["This is not your password. Without one, ask staff to erase you."]})
        try:
            with costly(Costly.ERASURE):
                erase(user)
        except LastSuperuser as error:
            raise Conflict(str(error)) from error
        logout(request._request)
        return Response(status=204)

    @extend_schema(responses=ExportSerializer, operation_id="users_me_export")
    @action(detail=False, url_path="me/export")
    def export(self, request: Request) -> StreamingHttpResponse:
        """Return all that is known about the user, as one JSON file: a list for each table with rows about them.

        The file is sent while it is read. A connection that ends before the last `}` has sent a part of it.
        """
        user, now = signed_in(request), timezone.now()
        EXPORTS.consume(str(user.pk), now=now)
        pieces = _alone(user, now)
        # The first piece is empty: from it on, closing the answer ends what _alone() holds.
        next(pieces)
        disposition = f'attachment; filename="marquee-{user.pk}.json"'
        return StreamingHttpResponse(
            pieces, content_type="application/json", headers={"Content-Disposition": disposition}
        )


def _alone(user: User, now: datetime) -> Iterator[bytes]:
    """Yield an empty piece and then those of the export; RateLimitExceeded or Busy if another one goes on.

    Each piece is read when the one before was taken, in a statement of its own, so no timeout of the database ends it.
    """
    who, renewed_at = str(user.pk), now
    ONGOING_EXPORTS.consume(who, now=now)
    try:
        with costly(Costly.EXPORT):
            user.refresh_from_db()
            yield b""
            for piece in exported(user, now):
                if timezone.now() - renewed_at > _RENEWED_AFTER:
                    renewed_at = timezone.now()
                    ONGOING_EXPORTS.renew(who, now=renewed_at)
                yield piece
    finally:
        ONGOING_EXPORTS.give_back(who)


class TokenCreationViewSet(StrictViewSet):
    """Tokens for those who have none yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401: nobody is asked for a token here, and yet 403 would be wrong."""
        return SCHEME

    @extend_schema(request=CredentialsSerializer, responses={201: TokenSerializer}, auth=[])
    def create(self, request: Request) -> Response:
        """Exchange username or e-mail address and password for a token. A user has 20 at most: the oldest goes."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        address, username = client_address(request._request), credentials.validated_data["username"]
        count_sign_in(address, username, now=timezone.now())
        user = authenticate(request._request, **credentials.validated_data)
        if not isinstance(user, User):
            raise AuthenticationFailed(WRONG)
        try:
            row, token = new_token(user)
        except User.DoesNotExist as error:
            # Deleted since the password was checked.
            raise AuthenticationFailed(WRONG) from error
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
