from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.stand_ins import engine as engine

pytest.register_assert_rewrite("tests.channels.contract", "tests.channels.gateway_contract")


@pytest.fixture
def ana(transactional_db: None) -> Any:
    return get_user_model().objects.create_user("ana", password="x", first_name="Ana", last_name="Ruiz")
