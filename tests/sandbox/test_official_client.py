"""SOLAPI's own Python client, unchanged but for its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.request.groups.get_groups import GetGroupsRequest
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.request.storage import FileTypeEnum
from solapi.model.webhook.single_report import SingleReportPayload

from tests.sandbox.conversation import GREETING, SENDER, Client, Listener, wait_for


@pytest.fixture
def service(sandbox: Client) -> SolapiMessageService:
    found = SolapiMessageService(sandbox.handle.api_key, sandbox.handle.api_secret)
    found.base_url = sandbox.handle.url
    return found


def text(to: str = "010-1234-5678", **more: object) -> RequestMessage:
    return RequestMessage(from_=SENDER, to=to, text="안내드립니다.", **more)


def greeting(sandbox: Client, **variables: str) -> RequestMessage:
    options = KakaoOption(
        pf_id=sandbox.handle.profile, template_id=GREETING, variables=variables, disable_sms=True
    )
    return RequestMessage(from_=SENDER, to="01012345678", kakao_options=options)


def test_it_sends_one(service: SolapiMessageService) -> None:
    reply = service.send(text())
    assert reply.failed_message_list == []
    assert reply.group_info.count.total == reply.group_info.count.registered_success == 1
    assert reply.group_info.count_for_charge.sms == {"82": 1}


def test_it_sends_many_and_lists_them(service: SolapiMessageService) -> None:
    messages = [text(f"0101234{n:04d}", custom_fields={"ref": f"{n}-1"}) for n in range(5000, 5200)]
    reply = service.send(messages, SendRequestConfig(show_message_list=True))
    assert reply.message_list is not None
    assert [one.custom_fields for one in reply.message_list] == [
        {"ref": f"{n}-1"} for n in range(5000, 5200)
    ]
    assert {one.status_code for one in reply.message_list} == {"2000"}


def test_some_may_fail(service: SolapiMessageService) -> None:
    reply = service.send([text(), text("010")])
    twice = service.send([text(), text()])
    for answer, code in ((reply, "2000"), (twice, "1026")):
        assert answer.group_info.count.total == 2
        codes = [one.status_code for one in answer.failed_message_list or []]
        assert codes == ([] if code == "2000" else [code])


def test_duplicates_may_be_allowed(service: SolapiMessageService) -> None:
    reply = service.send([text(), text()], SendRequestConfig(allow_duplicates=True))
    assert reply.group_info.allow_duplicates
    assert reply.failed_message_list == []


def test_alimtalk_with_variables(service: SolapiMessageService, sandbox: Client) -> None:
    service.send(greeting(sandbox, 이름="김*루", 기한="11. 25.(수)"))
    [sent] = sandbox.control("GET", "accepted?text=1")
    assert sent["type"] == "ATA"
    assert sent["text"] == "김*루님, 안녕하세요.\n기한은 11. 25.(수)까지입니다."


def test_a_missing_variable_fails(service: SolapiMessageService, sandbox: Client) -> None:
    with pytest.raises(MessageNotReceivedError) as caught:
        service.send(greeting(sandbox, 이름="김*루"))
    assert [one.status_code for one in caught.value.failed_messages] == ["1043"]


def test_all_failed_raises_with_the_messages(service: SolapiMessageService) -> None:
    with pytest.raises(MessageNotReceivedError) as caught:
        service.send([RequestMessage(from_="123", to="01012345678", text="안내")])
    [failed] = caught.value.failed_messages
    assert (failed.status_code, failed.to, failed.type) == ("1062", "01012345678", "SMS")


def test_groups(service: SolapiMessageService) -> None:
    first = service.send(text()).group_info.group_id
    second = service.send([text(), text("01098765432")]).group_info.group_id

    listed = service.get_groups().group_list
    assert list(listed) == [second, first]
    assert list(service.get_groups(GetGroupsRequest(group_id=first)).group_list) == [first]
    assert list(service.get_groups(GetGroupsRequest(limit=1)).group_list) == [second]
    assert service.get_group(second).count.total == 2

    messages = service.get_group_messages(second).message_list
    assert {message.to for message in messages.values()} == {"01012345678", "01098765432"}


def test_messages(service: SolapiMessageService) -> None:
    service.send([text("01011110000"), text("01022220000"), text("01033330000")])
    newest = service.get_messages(GetMessagesRequest(limit=2))
    assert [one.to for one in newest.message_list.values()] == ["01033330000", "01022220000"]
    assert newest.next_key is not None

    rest = service.get_messages(GetMessagesRequest(start_key=newest.next_key, limit=2))
    # The client asks for start_key as `startKey`; what comes back begins there.
    assert [one.to for one in rest.message_list.values()] == ["01011110000"]
    assert rest.next_key is None

    found = service.get_messages(GetMessagesRequest(to="01022220000"))
    [message] = found.message_list.values()
    assert message.text == "안내드립니다."


def test_results_are_told_in_lists(service: SolapiMessageService) -> None:
    group_id = service.send([text("01011110000"), text("01011110004")]).group_info.group_id

    def codes() -> set[tuple[object, object]]:
        listed = service.get_messages(GetMessagesRequest(group_id=group_id)).message_list
        return {(one.to, one.status_code) for one in listed.values()}

    wait_for(lambda: codes() == {("01011110000", "4000"), ("01011110004", "3010")})


def test_balance_goes_down(service: SolapiMessageService) -> None:
    before = service.get_balance().balance
    service.send(text())
    after = service.get_balance().balance
    assert before is not None
    assert after is not None
    assert before - after == 20


def test_a_scheduled_send_can_be_cancelled(service: SolapiMessageService, sandbox: Client) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    group = service.send(text(), SendRequestConfig(scheduled_date=later)).group_info
    assert group.status == "SCHEDULED"
    assert group.scheduled_date is not None
    assert sandbox.control("GET", "accepted") == []

    cancelled = service.cancel_scheduled_message(group.group_id)
    assert cancelled.status == "FAILED"
    assert sandbox.fire(group.group_id).json()["errorCode"] == "FailedGroup"


def test_a_past_date_sends_at_once(service: SolapiMessageService, sandbox: Client) -> None:
    service.send(text(), SendRequestConfig(scheduled_date="2020-01-01 00:00:00"))
    assert len(sandbox.control("GET", "accepted")) == 1


def test_it_uploads_files(service: SolapiMessageService, tmp_path: Path) -> None:
    image = tmp_path / "notice.jpg"
    image.write_bytes(b"\xff\xd8" + b"0" * 1000)
    assert service.upload_file(str(image)).file_id.startswith("ST01FL")
    image.write_bytes(b"0" * 200_001)
    with pytest.raises(Exception, match="FileSizeExceeded"):
        service.upload_file(str(image))


def test_an_mms_with_an_uploaded_picture(
    service: SolapiMessageService, sandbox: Client, tmp_path: Path
) -> None:
    image = tmp_path / "notice.jpg"
    image.write_bytes(b"\xff\xd8" + b"0" * 1000)
    file_id = service.upload_file(str(image), FileTypeEnum.MMS).file_id
    reply = service.send(text(image_id=file_id, subject="행사 안내"))
    assert reply.group_info.count_for_charge.mms == {"82": 1}
    [sent] = sandbox.control("GET", "accepted?text=1")
    assert (sent["type"], sent["text"]) == ("MMS", "안내드립니다.")
    [message] = service.get_group_messages(reply.group_info.group_id).message_list.values()
    assert message.image_id == file_id


def test_an_alimtalk_with_a_picture(
    service: SolapiMessageService, sandbox: Client, tmp_path: Path
) -> None:
    image = tmp_path / "notice.jpg"
    image.write_bytes(b"\xff\xd8" + b"0" * 1000)
    file_id = service.upload_file(str(image), FileTypeEnum.KAKAO).file_id
    message = greeting(sandbox, 이름="김*루", 기한="내일")
    assert message.kakao_options is not None
    message.kakao_options.image_id = file_id
    service.send(message)
    [sent] = sandbox.control("GET", "accepted")
    assert sent["type"] == "ATA"


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [
        ("NCSWRONG", None, "InvalidAPIKey"),
        (None, "WRONGSECRET", "SignatureDoesNotMatch"),
    ],
)
def test_errors_keep_their_code(
    sandbox: Client, key: str | None, secret: str | None, code: str
) -> None:
    handle = sandbox.handle
    service = SolapiMessageService(key or handle.api_key, secret or handle.api_secret)
    service.base_url = handle.url
    with pytest.raises(Exception, match=code) as caught:
        service.get_balance()
    assert caught.value.args[0] == code


def test_an_unknown_group_is_an_error(service: SolapiMessageService) -> None:
    with pytest.raises(Exception, match="ResourceNotFound"):
        service.get_group("G4V20261123000000SANDBOXFFFFFFFF")


def test_its_webhook_models_read_callbacks(
    service: SolapiMessageService, sandbox: Client, listener: Listener
) -> None:
    sandbox.control("PUT", "callback", {"url": listener.url})
    service.send(greeting(sandbox, 이름="김*루", 기한="내일"))
    wait_for(lambda: listener.batches)
    [report] = SingleReportPayload.model_validate(listener.batches[0]).root
    assert (report.data.status_code, report.data.type) == ("4000", "ATA")
    assert report.data.kakao_options is not None
    assert report.data.kakao_options.template_id == GREETING
