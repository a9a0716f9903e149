"""This file holds the own profile and the tokens over HTTP."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from events.strict import StrictViewSet
from users.authentication import SCHEME
from users.serializers import CredentialsSerializer, ProfileSerializer, TokenSerializer
from users.signing_in import address_of, attempt


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
        """Change what is sent of the own profile: displayName, interests, latitude, longitude."""
        profile = ProfileSerializer(request.user, data=request.data, partial=True)
        profile.is_valid(raise_exception=True)
        profile.save()
        return Response(profile.data)


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
