"""The words of the evaluation's and the comparison's pages, in English and Korean.

Plain words for readers who do not know the field's abbreviations; numbers are filled in by
`page.py`. One key, one text per language.
"""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "title": "Evaluation of the model “{name}”",
    "compare_title": "Comparison of {count} models",
    "data": "Data",
    "model": "Model",
    "split": "split {split}",
    "in_short": "In short",
    "short_fakes": "Of 100 manipulated {unit} that got a probability, {caught} are called "
    "manipulated at the shipped threshold.",
    "short_genuine": "Of 100 genuine {unit} that got a probability, {alarms} are called "
    "manipulated by mistake.",
    "short_rank": "A manipulated one gets the higher probability in {auc} of 100 pairs with a "
    "genuine one.",
    "short_lost": "{lost} of {n} {unit} got no probability: they count neither as right nor as "
    "wrong.",
    "faces": "faces",
    "files": "files",
    "one_class": "The data hold one kind only, so nothing that compares the two could be measured.",
    "figures": "Figures",
    "figure": "figure",
    "value": "value",
    "interval": "95 % interval",
    "meaning": "meaning",
    "auc": "chance that a manipulated one ranks above a genuine one; .5 is guessing",
    "ap": "mean precision over all thresholds",
    "eer": "where misses and false alarms are equally frequent",
    "tpr_at_fpr_1": "share of fakes caught if 1 % of genuine ones may be accused",
    "tpr_at_fpr_5": "share of fakes caught if 5 % of genuine ones may be accused",
    "accuracy": "share of right answers at the shipped threshold",
    "precision": "share of those called manipulated that are",
    "recall": "share of manipulated ones that are called so",
    "specificity": "share of genuine ones that are not called manipulated",
    "f1": "harmonic mean of precision and recall",
    "ece": "mean distance between the probability given and what was seen",
    "ece_even_prior": "the same with both kinds and all sources weighted alike, as the "
    "probability is meant",
    "brier": "mean squared error of the probability",
    "interval_note": "Intervals: {rounds} bootstrap samples of whole persons (of files, where "
    "nobody is named).",
    "counts": "What became of everything",
    "confusion_note": "“Inconclusive” lies between the two thresholds ({clear} and {threshold}), "
    "or below both where the card forbids to clear a face that is compressed strongly. The "
    "columns to the right of it got no probability at all.",
    "curves": "How well the two kinds are told apart",
    "roc_note": "Every threshold is a point: how many fakes it catches, at what price in genuine "
    "faces accused.",
    "pr_note": "How many of those accused are fakes, as more of the fakes are caught.",
    "calibration": "Whether the probability means what it says",
    "reliability_note": "On the dashed line, 30 % means that 30 of 100 such faces are "
    "manipulated. The bars show how many faces got such a probability.",
    "risk_note": "Wrong answers if only the most certain faces are answered. The cross is where "
    "the shipped thresholds stand.",
    "sources": "Source by source",
    "source": "source",
    "family": "kind of forgery",
    "n_genuine": "genuine",
    "n_fake": "manipulated",
    "lost": "no probability",
    "false_alarms": "genuine called manipulated",
    "caught": "manipulated caught",
    "against": "measured against",
    "own": "its own",
    "families": "By kind of forgery",
    "degradations": "After compression, resizing, blur and noise",
    "degradation_note": "AUC on {files} files per cell, each changed as a whole before faces "
    "were looked for. Without a change: {reference}. Mean {mean}, mean loss {loss}; worst cell: "
    "{worst}.",
    "audit": "Leaks and shortcuts in the data",
    "audit_note": "What the file alone, without a look at the face, predicts. Values far from .5 "
    "mean that part of the figures above may come from there.",
    "property": "property of the file",
    "shared": "Also in splits that were not evaluated: persons {identity}, videos {video}, files "
    "{sha256} (“-”: the manifest does not record them).",
    "explanation": "Whether the heat map points at the right place",
    "made": "How this was measured",
    "nothing": "not measurable",
    "seed": "seed {seed}",
    "matrix": "Every model on every source (AUC)",
    "matrix_note": "“seen”: the model was trained on other pictures of this source. “unseen”: it "
    "never was. Sources with genuine faces only show the share called manipulated by mistake.",
    "differences": "Paired differences",
    "difference": "difference",
    "difference_note": "First minus second, on the same files and the same bootstrap samples. "
    "Where the interval holds 0 the data do not tell the models apart.",
    "pair": "models",
    "left_out": "Sources and kinds of forgery left out",
    "left_out_note": "What a model that never saw a source loses against the best one that did.",
    "unseen": "unseen",
    "seen": "seen",
    "best_seen": "best that saw it",
    "gap": "loss",
}
KOREAN: dict[str, str] = {
    "title": "‘{name}’ 모델 평가",
    "compare_title": "모델 {count}개 비교",
    "data": "데이터",
    "model": "모델",
    "split": "{split} 분할",
    "in_short": "요약",
    "short_fakes": "확률이 나온 조작 {unit} 100개 가운데 {caught}개를 배포 기준값에서 조작으로 "
    "판정합니다.",
    "short_genuine": "확률이 나온 진본 {unit} 100개 가운데 {alarms}개를 조작으로 잘못 판정합니다.",
    "short_rank": "조작본과 진본을 하나씩 짝지으면 100쌍 가운데 {auc}쌍에서 조작본의 확률이 더 "
    "높습니다.",
    "short_lost": "전체 {unit} {n}개 가운데 {lost}개는 확률이 나오지 않았습니다. 맞거나 틀린 "
    "것으로 치지 않고 따로 셉니다.",
    "faces": "얼굴",
    "files": "파일",
    "one_class": "데이터가 진본과 조작본 가운데 한 종류뿐이어서, 둘을 비교하는 수치는 구할 수 "
    "없습니다.",
    "figures": "수치",
    "figure": "지표",
    "value": "값",
    "interval": "95% 구간",
    "meaning": "뜻",
    "auc": "조작본이 진본보다 높은 확률을 받을 가능성. 0.5는 찍기와 같음",
    "ap": "모든 기준값에 걸친 평균 정밀도",
    "eer": "놓침과 오경보의 비율이 같아지는 지점의 비율",
    "tpr_at_fpr_1": "진본의 1%까지 오경보를 허용할 때 찾아내는 조작본의 비율",
    "tpr_at_fpr_5": "진본의 5%까지 오경보를 허용할 때 찾아내는 조작본의 비율",
    "accuracy": "배포 기준값에서 맞은 답의 비율",
    "precision": "조작으로 판정한 것 가운데 실제 조작본의 비율",
    "recall": "조작본 가운데 조작으로 판정한 비율",
    "specificity": "진본 가운데 조작으로 판정하지 않은 비율",
    "f1": "정밀도와 재현율의 조화평균",
    "ece": "제시한 확률과 실제 비율 사이의 평균 차이",
    "ece_even_prior": "진본과 조작본, 모든 출처에 같은 가중치를 준 값. 확률은 이 기준에 맞추어져 "
    "있음",
    "brier": "확률의 평균 제곱 오차",
    "interval_note": "구간은 인물 단위(인물을 알 수 없으면 파일 단위) 부트스트랩 표본 "
    "{rounds}개로 구했습니다.",
    "counts": "전체 결과의 분류",
    "confusion_note": "판단 보류(inconclusive)는 두 기준값({clear}, {threshold}) 사이이거나, "
    "압축이 강해 조작 증거 없음으로 판정하지 않은 것입니다. 그 오른쪽 열은 확률이 나오지 "
    "않은 것입니다.",
    "curves": "진본과 조작본을 얼마나 구별하는가",
    "roc_note": "곡선의 각 점이 기준값 하나입니다. 조작본을 얼마나 찾아내고, 그 대가로 진본을 "
    "얼마나 잘못 지목하는지 보여 줍니다.",
    "pr_note": "조작본을 더 많이 찾아낼수록, 지목한 것 가운데 실제 조작본이 얼마나 되는지 보여 "
    "줍니다.",
    "calibration": "확률을 그대로 믿어도 되는가",
    "reliability_note": "점선 위에 있으면 30%라는 확률을 받은 얼굴 100개 가운데 30개가 실제로 "
    "조작본입니다. 막대는 그런 확률을 받은 얼굴의 비율입니다.",
    "risk_note": "가장 확실한 얼굴만 답할 때 틀리는 비율입니다. ×는 배포 기준값의 위치입니다.",
    "sources": "출처별 결과",
    "source": "출처",
    "family": "조작 종류",
    "n_genuine": "진본",
    "n_fake": "조작본",
    "lost": "확률 없음",
    "false_alarms": "진본을 조작으로 판정",
    "caught": "조작본을 찾아냄",
    "against": "비교한 진본",
    "own": "같은 출처",
    "families": "조작 종류별 결과",
    "degradations": "압축, 크기 변경, 흐림, 잡음을 거친 뒤",
    "degradation_note": "칸마다 파일 {files}개의 AUC입니다. 얼굴을 찾기 전에 파일 전체를 "
    "바꾸었습니다. 변경 없음: {reference}. 평균 {mean}, 평균 손실 {loss}, 가장 나쁜 칸: {worst}.",
    "audit": "데이터의 누출과 지름길",
    "audit_note": "얼굴을 보지 않고 파일의 성질만으로 맞히는 정도입니다. 0.5에서 멀수록 위 "
    "수치의 일부가 거기에서 왔을 수 있습니다.",
    "property": "파일의 성질",
    "shared": "평가하지 않은 분할에도 있는 것: 인물 {identity}명, 동영상 {video}개, 파일 "
    "{sha256}개(‘-’는 매니페스트에 기록이 없다는 뜻입니다).",
    "explanation": "히트맵이 맞는 곳을 가리키는가",
    "made": "측정 방법",
    "nothing": "측정할 수 없음",
    "seed": "난수 씨앗 {seed}",
    "matrix": "모델과 출처별 AUC",
    "matrix_note": "‘seen’은 그 출처의 다른 사진으로 학습한 모델, ‘unseen’은 그 출처를 본 적이 "
    "없는 모델입니다. 진본만 있는 출처는 조작으로 잘못 판정한 비율을 보여 줍니다.",
    "differences": "짝지은 차이",
    "difference": "차이",
    "difference_note": "같은 파일, 같은 부트스트랩 표본에서 앞 모델의 값에서 뒤 모델의 값을 뺀 "
    "것입니다. 구간이 0을 포함하면 이 데이터로는 두 모델의 우열을 가릴 수 없습니다.",
    "pair": "모델",
    "left_out": "학습에서 뺀 출처와 조작 종류",
    "left_out_note": "그 출처를 본 적이 없는 모델이, 본 모델 가운데 가장 나은 것에 견주어 잃는 "
    "값입니다.",
    "unseen": "본 적 없음",
    "seen": "학습함",
    "best_seen": "학습한 모델의 최고값",
    "gap": "손실",
}
WORDS = {"en": ENGLISH, "ko": KOREAN}
