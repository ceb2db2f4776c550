"""The words of the pages about data (`unmask data eda`, `unmask data audit`), English and Korean.

Plain words for readers who do not know the field's abbreviations; numbers are filled in by
`data_pages.py`. One key, one text per language; the command line takes its words from here, too.
"""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "eda_title": "A look at the data",
    "audit_title": "Audit of the data",
    "manifest": "Manifest",
    "in_short": "In short",
    "source": "source",
    "class": "class",
    "kind_real": "genuine",
    "kind_swap": "swapped or edited",
    "kind_synthetic": "generated",
    "kind_fake": "manipulated",
    "all": "all",
    "n": "pictures",
    "videos": "videos or originals",
    "persons": "persons",
    "unreadable": "unreadable",
    "yes": "yes",
    "no": "no",
    # overview
    "eda_rows": "Pictures: {rows}, persons: {persons}, sources: {sources}.",
    "eda_balance": "{real} are genuine and {fake} manipulated: {ratio} manipulated for each "
    "genuine one.",
    "eda_splits": "Training, validation and test hold {train}, {val} and {test} pictures.",
    "eda_random": "The split was made at random: persons and videos lie on both sides, and every "
    "figure measured on it will be too good.",
    "eda_one_kind": "Sources that hold one kind only: {count} of {sources}. A network can then "
    "learn the source instead of the manipulation; leave whole sources out when you measure.",
    "eda_unreadable": "Pictures that could not be read: {count}.",
    "counts": "How much there is",
    "counts_note": "Dark: training, middle: validation, light: test.",
    "quality": "Sizes, light and sharpness",
    "quality_note": "Box: the middle half of the pictures; line: the median; whiskers: 5 to 95 %. "
    "Where the colours lie apart, a network can tell the classes without looking at the face.",
    "overlap": "Genuine against manipulated",
    "overlap_note": "All sources together. Where one colour stands alone, a value gives the class "
    "away.",
    "table": "Source by source",
    "sizes": "picture sizes",
    "other_sizes": "and {count} more",
    "mean_colour": "mean colour",
    "face_px": "face, px (5 to 95 %)",
    "jpeg": "JPEG tables",
    "jpeg_none": "none",
    "jpeg_other": "other",
    "jpeg_note": "Share of a source's pictures with each quantisation table (what a program and "
    "its quality setting leave behind). Columns with one class only give it away. “none”: not a "
    "JPEG.",
    "samples": "Samples",
    "samples_note": "Drawn at random with seed {seed}.",
    "samples_left_out": "This page was made without pictures.",
    "sample_alt": "Sample {index} of {source}, {klass}",
    # audit
    "no_leak": "No person, no video and no picture lies in two splits.",
    "leak_identity": "Persons in more than one split: {count} (pictures: {rows}).",
    "leak_video": "Videos in more than one split: {count} (pictures: {rows}).",
    "leak_file": "Pairs of identical files in different splits: {count} (pictures: {rows}).",
    "leak_pixels": "Pairs of pictures with identical pixels in different splits: {count} "
    "(pictures: {rows}).",
    "leak_near": "Pairs of look-alikes in different splits: {count}. They are candidates: "
    "somebody has to look.",
    "leak_conflict": "Pictures called genuine in one row and manipulated in another: {count}.",
    "changed": "Files that are no longer what was scanned: {count}. Scan again.",
    "files_dangerous": "Dangerous in the files: {listed}. Each of these alone tells manipulated "
    "from genuine pictures of people the model was not shown.",
    "files_level": "In the files, no property alone certainly exceeds an AUC of .6.",
    "files_none": "The files hold too few pictures of one kind for the shortcut audit.",
    "one_listed": "{name} (AUC {auc} {interval})",
    "draws_dangerous": "Dangerous in the training draws: {listed}. Each of these alone still "
    "tells the classes apart.",
    "draws_level": "In the training draws, no property alone certainly exceeds an AUC of .6: they "
    "are level.",
    "draws_sources": "Inside a source, genuine and manipulated draws are not level: {listed}.",
    "draws_apart": "Sources of one kind whose draws still look unlike the other kind of all "
    "sources: {listed}.",
    "draws_none": "The draws hold too few pictures of one kind for the shortcut audit.",
    "leaks": "Leaks between the splits",
    "leak": "what lies on two sides",
    "found": "found",
    "concerned": "pictures",
    "name_identity": "a person",
    "name_video": "a video",
    "name_file": "the same file",
    "name_pixels": "the same pixels",
    "name_near": "look-alikes (at most {bits} of 64 bits apart)",
    "near": "Look-alikes",
    "near_note": "The nearest pairs in different splits. An edited copy of a picture comes this "
    "near, and so do portraits posed alike before a plain wall: somebody has to look.",
    "near_pair": "{bits} bits apart",
    "near_alt": "{path} in {split}",
    "others": "Others found",
    "pair_of": "files",
    "splits": "splits",
    "shortcuts": "Shortcuts",
    "shortcuts_note": "How well a small model that sees one property only tells manipulated from "
    "genuine pictures of people it was not shown: AUC .5 is guessing, 1 is certain. Intervals: 95 "
    "%, {rounds} bootstrap samples of persons. Dangerous: certainly above .6; slight: certainly "
    "above .5.",
    "trace_note": "Not all of it is the collector's fault: a swap or a decoder leaves a face "
    "smoother than it was, and that is a trace worth learning. Levelling takes away what does not "
    "come from the manipulation.",
    "files": "The files",
    "files_note": "A source with both kinds is compared with itself; any other with the other "
    "kind of all sources alike, so high values are no surprise there.",
    "draws": "What the sampler really draws",
    "draws_note": "The first {draws} draws of {config} at {size} px, seed {seed}. This is what a "
    "network sees, so this is what has to be level.",
    "kinds": "Draws by kind",
    "kind": "kind",
    "pairs": "Pairs of sources",
    "pairs_note": "All properties together, manipulated source (row) against genuine source "
    "(column). The lower the value, the fairer the pair.",
    "overall": "All sources",
    "against": "against",
    "against_own": "its own",
    "against_all": "all sources",
    "dangerous": "dangerous",
    "slight": "slight",
    "level": "level",
    "file_size": "file size",
    "picture_size": "picture size",
    "face_size": "face size",
    "jpeg_table": "JPEG table",
    "mean_colour_p": "mean colour",
    "brightness": "light",
    "sharpness": "sharpness",
    "blocks": "8-px blocks",
    "together": "all properties together",
    "source_p": "the source",
    "coded_size": "size as JPEG",
    "forest_alt": "AUC of each property over all sources, with its interval; the values stand in "
    "the tables below.",
    "made": "How this was made",
}

KOREAN: dict[str, str] = {
    "eda_title": "데이터 살펴보기",
    "audit_title": "데이터 점검",
    "manifest": "매니페스트",
    "in_short": "요약",
    "source": "출처",
    "class": "분류",
    "kind_real": "진본",
    "kind_swap": "교체·편집",
    "kind_synthetic": "생성",
    "kind_fake": "조작",
    "all": "전체",
    "n": "사진",
    "videos": "영상·원본",
    "persons": "인물",
    "unreadable": "읽지 못함",
    "yes": "예",
    "no": "아니요",
    # overview
    "eda_rows": "출처 {sources}곳에서 모은 인물 {persons}명의 사진 {rows}장입니다.",
    "eda_balance": "진본은 {real}장, 조작은 {fake}장으로, 진본 1장에 조작 {ratio}장꼴입니다.",
    "eda_splits": "학습, 검증, 시험 분할에는 각각 {train}장, {val}장, {test}장이 있습니다.",
    "eda_random": "무작위로 나눈 분할입니다. 같은 인물과 영상이 양쪽에 들어 있으므로 여기서 "
    "측정한 수치는 실제보다 좋게 나옵니다.",
    "eda_one_kind": "출처 {sources}곳 가운데 {count}곳에는 진본이나 조작 한쪽만 있습니다. 이 경우 "
    "신경망이 조작이 아니라 출처를 익힐 수 있으므로, 성능을 측정할 때는 출처를 통째로 제외해 "
    "보아야 합니다.",
    "eda_unreadable": "읽지 못한 사진이 {count}장 있습니다.",
    "counts": "데이터의 양",
    "counts_note": "짙은 색은 학습, 중간 색은 검증, 옅은 색은 시험 분할입니다.",
    "quality": "크기, 밝기, 선명도",
    "quality_note": "상자는 가운데 절반, 선은 중앙값, 수염은 5~95 % 범위입니다. 두 색이 떨어져 "
    "있으면 신경망은 얼굴을 보지 않고도 분류를 구별할 수 있습니다.",
    "overlap": "진본과 조작의 비교",
    "overlap_note": "모든 출처를 합친 분포입니다. 한 가지 색만 있는 구간에서는 그 값만으로 분류가 "
    "드러납니다.",
    "table": "출처별 현황",
    "sizes": "사진 크기",
    "other_sizes": "외 {count}가지",
    "mean_colour": "평균 색",
    "face_px": "얼굴 너비, px(5~95 %)",
    "jpeg": "JPEG 양자화표",
    "jpeg_none": "없음",
    "jpeg_other": "기타",
    "jpeg_note": "출처별로 각 양자화표를 쓰는 사진의 비율입니다. 양자화표는 저장에 쓴 프로그램과 "
    "품질 설정의 흔적입니다. 한 분류에만 나타나는 열이 있으면 그 표만으로 분류가 드러납니다. "
    "‘없음’은 JPEG가 아닌 파일입니다.",
    "samples": "표본",
    "samples_note": "난수 시드 {seed}로 무작위로 뽑았습니다.",
    "samples_left_out": "사진을 넣지 않고 만든 페이지입니다.",
    "sample_alt": "{source}의 표본 {index}, {klass}",
    # audit
    "no_leak": "같은 인물, 같은 영상, 같은 사진이 두 분할에 걸친 경우는 없습니다.",
    "leak_identity": "둘 이상의 분할에 걸친 인물이 {count}명 있습니다(사진 {rows}장).",
    "leak_video": "둘 이상의 분할에 걸친 영상이 {count}개 있습니다(사진 {rows}장).",
    "leak_file": "같은 파일이 서로 다른 분할에 있는 쌍이 {count}개 있습니다(사진 {rows}장).",
    "leak_pixels": "화소가 같은 사진이 서로 다른 분할에 있는 쌍이 {count}개 있습니다(사진 "
    "{rows}장).",
    "leak_near": "서로 다른 분할에 있는 닮은 사진이 {count}쌍 있습니다. 눈으로 확인해야 합니다.",
    "leak_conflict": "한 행에서는 진본, 다른 행에서는 조작으로 표시된 사진이 {count}장 있습니다.",
    "changed": "목록을 만든 뒤 내용이 바뀐 파일이 {count}개 있습니다. 다시 스캔하십시오.",
    "files_dangerous": "파일에서 위험한 속성: {listed}. 이들은 각각 그것만으로 처음 보는 사람의 "
    "사진을 조작과 진본으로 구별합니다.",
    "files_level": "파일에서 한 가지 속성만으로 AUC 0.6을 확실히 넘는 경우는 없습니다.",
    "files_none": "진본이나 조작 사진이 너무 적어 파일의 지름길을 점검하지 못했습니다.",
    "one_listed": "{name}(AUC {auc} {interval})",
    "draws_dangerous": "학습에 쓰이는 표본에서 위험한 속성: {listed}. 이들은 각각 그것만으로 "
    "분류를 구별합니다.",
    "draws_level": "학습에 쓰이는 표본에서는 한 가지 속성만으로 AUC 0.6을 확실히 넘는 경우가 "
    "없습니다. 고르게 맞추어져 있습니다.",
    "draws_sources": "한 출처 안에서 진본과 조작 표본이 고르지 않은 경우: {listed}.",
    "draws_apart": "진본이나 조작 한쪽만 있으면서 다른 쪽 표본과 겉모습이 다른 출처: {listed}.",
    "draws_none": "진본이나 조작 표본이 너무 적어 학습 표본의 지름길을 점검하지 못했습니다.",
    "leaks": "분할 사이의 누출",
    "leak": "두 분할에 걸친 것",
    "found": "발견",
    "concerned": "해당 사진",
    "name_identity": "인물",
    "name_video": "영상",
    "name_file": "같은 파일",
    "name_pixels": "같은 화소",
    "name_near": "닮은 사진(64비트 가운데 차이 {bits}비트 이하)",
    "near": "닮은 사진",
    "near_note": "서로 다른 분할에 있는 가장 가까운 쌍입니다. 사진을 편집한 사본도, 단색 배경 "
    "앞에서 같은 자세로 찍은 다른 사람의 사진도 이만큼 가까울 수 있으므로 눈으로 확인해야 합니다.",
    "near_pair": "차이 {bits}비트",
    "near_alt": "{path}, {split} 분할",
    "others": "그 밖에 발견된 것",
    "pair_of": "파일",
    "splits": "분할",
    "shortcuts": "지름길",
    "shortcuts_note": "속성 한 가지만 본 작은 모델이 처음 보는 사람의 사진을 조작과 진본으로 "
    "얼마나 잘 구별하는지를 나타냅니다. AUC 0.5는 어림짐작, 1은 완전한 구별입니다. 구간은 인물 "
    "단위 부트스트랩 {rounds}회의 95 % 구간입니다. ‘위험’은 0.6을 확실히 넘는 경우, ‘약함’은 "
    "0.5를 확실히 넘는 경우입니다.",
    "trace_note": "모두 수집 과정의 탓은 아닙니다. 얼굴 교체나 디코더는 얼굴을 원래보다 매끄럽게 "
    "만들며, 이는 배울 가치가 있는 흔적입니다. 조작에서 비롯되지 않은 차이를 없애는 것이 고르게 "
    "맞추기의 목적입니다.",
    "files": "파일",
    "files_note": "진본과 조작이 모두 있는 출처는 그 안에서 비교하고, 나머지는 모든 출처에서 고루 "
    "뽑은 반대쪽 사진과 비교합니다. 그래서 나머지 출처의 값은 높은 것이 당연합니다.",
    "draws": "학습에 실제로 쓰이는 표본",
    "draws_note": "{config} 설정으로 {size} px, 시드 {seed}에서 뽑은 첫 표본 {draws}개입니다. "
    "신경망이 실제로 보는 사진이므로 바로 이 표본이 고르게 맞추어져 있어야 합니다.",
    "kinds": "종류별 표본 수",
    "kind": "종류",
    "pairs": "출처끼리의 비교",
    "pairs_note": "모든 속성을 함께 썼을 때의 값입니다(행: 조작 출처, 열: 진본 출처). 값이 "
    "낮을수록 공정한 쌍입니다.",
    "overall": "모든 출처",
    "against": "비교 대상",
    "against_own": "같은 출처",
    "against_all": "모든 출처",
    "dangerous": "위험",
    "slight": "약함",
    "level": "고름",
    "file_size": "파일 크기",
    "picture_size": "사진 크기",
    "face_size": "얼굴 크기",
    "jpeg_table": "JPEG 양자화표",
    "mean_colour_p": "평균 색",
    "brightness": "밝기와 대비",
    "sharpness": "선명도",
    "blocks": "8 px 블록",
    "together": "모든 속성",
    "source_p": "출처",
    "coded_size": "JPEG 압축 크기",
    "forest_alt": "모든 출처를 합친 속성별 AUC와 구간입니다. 값은 아래 표에 있습니다.",
    "made": "만든 방법",
}

WORDS = {"en": ENGLISH, "ko": KOREAN}


def property_name(name: str, language: str) -> str:
    """A shortcut's property in words."""
    words = WORDS[language]
    return words.get(f"{name}_p") or words[name]


def class_name(klass: str, language: str) -> str:
    """A class of the data in words; its own name where it has none."""
    return WORDS[language].get(f"kind_{klass}", klass)
