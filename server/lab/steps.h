// SPDX-License-Identifier: Apache-2.0
// The steps that methods.csv names: calls that do more than one SQL act. Each is one function with a
// switch over its stages in reading order. All follow the rules of rpc/call.h.
#pragma once

#include "rpc/method.h"

struct rpc_call;

struct rpc_verdict step_login(struct rpc_call *call);
struct rpc_verdict step_change_password(struct rpc_call *call);
// CreateStaff and ResetPassword: the password is hashed on a worker before the act.
struct rpc_verdict step_hash_password(struct rpc_call *call);
// ReleaseSheet, ReleaseSheets: the signatory's password is checked again before the act; not while issuing is
// halted.
struct rpc_verdict step_release(struct rpc_call *call);
// ConfirmWithdrawal: the same, also while issuing is halted.
struct rpc_verdict step_confirm(struct rpc_call *call);
// LookUpSheet and Track: by what the caller knows, without a session.
struct rpc_verdict step_look_up_sheet(struct rpc_call *call);
struct rpc_verdict step_track(struct rpc_call *call);
// A complaint by the two secrets of a receipt, likewise.
struct rpc_verdict step_send_complaint(struct rpc_call *call);
// ShowBoard and FollowTicket: the same.
struct rpc_verdict step_show_board(struct rpc_call *call);
struct rpc_verdict step_follow_ticket(struct rpc_call *call);
// ShowStatistics: the same.
struct rpc_verdict step_show_statistics(struct rpc_call *call);
// FetchSheet: the same, and the sheet is streamed.
struct rpc_verdict step_fetch_sheet(struct rpc_call *call);
// DownloadSheet: waits for a sheet that is being drawn, then streams it.
struct rpc_verdict step_download(struct rpc_call *call);
// DownloadSlip: reads a record of what is reviewed, draws it, streams it.
struct rpc_verdict step_slip(struct rpc_call *call);
// SubmitTest: read, judge, write.
struct rpc_verdict step_submit(struct rpc_call *call);
// GetTest, EnterResult and others that answer with one test: the generic act, with a preview of the judgement
// when the test is open.
struct rpc_verdict step_judge(struct rpc_call *call);
// EnterControl: read the chart's newest points, judge the new one, write both with the hold that follows.
struct rpc_verdict step_enter_control(struct rpc_call *call);
// FreezeLimits: read the points, calculate, write a new version.
struct rpc_verdict step_freeze_limits(struct rpc_call *call);
// DrawChart and DrawProficiency: read the points, judge and draw them.
struct rpc_verdict step_draw_chart(struct rpc_call *call);
// DrawStatistics: read the bars, draw them.
struct rpc_verdict step_draw_statistics(struct rpc_call *call);
// RecordProficiency: may it be recorded, calculate the scores on a worker, write them.
struct rpc_verdict step_record_proficiency(struct rpc_call *call);
// RecordCrmCheck: may it be recorded, compare, write it with what follows from a failure.
struct rpc_verdict step_record_crm_check(struct rpc_call *call);
// CreateWorksheet and GetWorksheet: the generic act, with a preview of what is judged of each sample.
struct rpc_verdict step_worksheet(struct rpc_call *call);
// EnterWorksheet: read positions and charts, calculate and check everything, write it whole.
struct rpc_verdict step_enter_worksheet(struct rpc_call *call);
// What the file holds for its positions; the act answers it.
struct rpc_verdict step_preview_readings(struct rpc_call *call);
// SubmitWorksheet: read the tests, judge all, write all.
struct rpc_verdict step_submit_worksheet(struct rpc_call *call);
// DrawWorksheet: read it, draw it.
struct rpc_verdict step_draw_worksheet(struct rpc_call *call);
// SaveProfile: the layout is checked with the units of the catalogue before the act.
struct rpc_verdict step_save_profile(struct rpc_call *call);
// PreviewFile and ImportFile: the file is read by its profile on a worker before the act.
struct rpc_verdict step_preview_file(struct rpc_call *call);
struct rpc_verdict step_import_file(struct rpc_call *call);
// AttachFile: a picture is tried by the renderer before it enters the books.
struct rpc_verdict step_attach_file(struct rpc_call *call);
// DownloadOriginalRecord: a print is read, drawn and streamed.
struct rpc_verdict step_download_record(struct rpc_call *call);
