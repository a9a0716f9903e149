"""The factory of users."""

import factory

from users.models import User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A user without interests; `password="…"` sets one that signs in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **kwargs: object) -> User:
        return model_class.objects.create_user(*args, **kwargs)
