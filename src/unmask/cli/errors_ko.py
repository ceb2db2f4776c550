"""What an error means and what to do next, in Korean, by its kind.

The error's own message is English (it is the same in the JSON and over HTTP) and follows in
brackets, with the numbers and names it holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from unmask.errors import ErrorKind

AGAIN = "파일을 다시 복사하거나 내려받아 주십시오"
OTHER = "다른 파일을 사용하거나 한도 설정을 높여 주십시오"

ERRORS: Mapping[ErrorKind, tuple[str, str]] = {  # kind: (what happened, what to do next)
    ErrorKind.UNSUPPORTED_TYPE: (
        "지원하는 사진이나 영상 형식이 아닙니다",
        "JPEG, PNG, MP4처럼 지원하는 형식의 파일을 사용해 주십시오",
    ),
    ErrorKind.TOO_LARGE: ("파일이 너무 큽니다", OTHER),
    ErrorKind.EMPTY_FILE: ("빈 파일입니다", AGAIN),
    ErrorKind.CORRUPT: ("파일이 손상되었습니다", AGAIN),
    ErrorKind.TRUNCATED: ("파일이 중간에서 끊겼습니다", AGAIN),
    ErrorKind.NO_VIDEO_STREAM: (
        "파일에 영상이 들어 있지 않습니다",
        "영상이 들어 있는 파일을 사용해 주십시오",
    ),
    ErrorKind.NO_FRAMES: ("읽을 수 있는 프레임이 없습니다", AGAIN),
    ErrorKind.BAD_DIMENSIONS: ("가로나 세로 크기가 허용 범위를 벗어났습니다", OTHER),
    ErrorKind.TOO_MANY_PIXELS: ("화소 수가 너무 많습니다", OTHER),
    ErrorKind.NOT_FOUND: ("파일이 없습니다", "경로를 확인해 주십시오"),
    ErrorKind.NOT_A_FILE: ("일반 파일이 아닙니다", "사진이나 영상 파일을 지정해 주십시오"),
    ErrorKind.NO_PERMISSION: ("파일을 읽을 권한이 없습니다", "읽기 권한을 확인해 주십시오"),
    ErrorKind.DECODER_CRASH: (
        "파일을 해독하던 프로그램이 멈췄습니다",
        "다른 사본이나 다른 형식의 파일을 사용해 주십시오",
    ),
    ErrorKind.TIME_LIMIT: ("제한 시간을 넘겼습니다", OTHER),
    ErrorKind.MEMORY_LIMIT: ("메모리 한도를 넘겼습니다", OTHER),
    ErrorKind.USAGE: ("명령이나 옵션이 올바르지 않습니다", "unmask --help를 참고해 주십시오"),
    ErrorKind.BAD_BUNDLE: (
        "모델 번들에 문제가 있습니다",
        "번들을 다시 설치하거나 다른 번들을 지정해 주십시오",
    ),
    ErrorKind.DISK: ("저장하지 못했습니다", "저장 공간과 쓰기 권한을 확인해 주십시오"),
    ErrorKind.INTERNAL: (
        "unmask 내부 오류입니다",
        "UNMASK_DEBUG=1로 다시 실행한 출력과 함께 알려 주십시오",
    ),
}
